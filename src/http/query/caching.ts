import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Cached } from '../../core/ports/cache.js';
import { answerPieces, objectPieces, sentOnce } from './answer.js';
import { ApiAnswer, type DescribedAnswer } from './openapi.js';

/** Does `Cache-Control` of a request ask for a fresh answer? */
export function wantsFresh(cacheControl = ''): boolean {
  return /(^|[\s,])no-(cache|store)($|[\s,])/i.test(cacheControl);
}

/** Says how old an answer is. */
export function tellAge(reply: FastifyReply, { hit, ageS }: Omit<Cached, 'json'>): void {
  void reply.header('x-cache', hit ? 'HIT' : 'MISS').header('age', ageS);
}

/** The value for a handler to return: an object from the cache as the data of an answer, with more members, and how old it is. */
export function cachedAnswer(
  reply: FastifyReply,
  message: string,
  cached: Cached,
  others: object = {},
): Buffer {
  tellAge(reply, cached);
  return sentOnce(reply, answerPieces(message, objectPieces(cached.json, others)));
}

/** The request header of a route whose answers are kept for a while. */
export function ApiMayBeCached() {
  return ApiHeader({
    name: 'Cache-Control',
    description: '`no-cache` asks for a fresh answer',
    required: false,
    schema: { type: 'string' },
  });
}

/** The headers of an answer that is kept for a while, for OpenAPI. */
export const cacheHeaders = {
  'X-Cache': { description: 'HIT or MISS', schema: { type: 'string', enum: ['HIT', 'MISS'] } },
  Age: { description: 'Seconds since it was computed', schema: { type: 'integer' } },
};

/** 200 with an answer that may come from the cache. */
export function ApiCachedAnswer(answer: DescribedAnswer) {
  return ApiAnswer({ ...answer, headers: cacheHeaders });
}
