import type { FastifyInstance, onSendHookHandler } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { ByteBudget } from './byte-budget.js';
import { errorAnswer } from './error-answer.js';

/** Bytes of answers that their clients have not yet taken. */
const MAX_BYTES = 24 * 1024 * 1024;
/** A smaller answer fits into the system's socket buffers. */
const COUNTED_FROM_BYTES = 64 * 1024;

/**
 * Counts large answers until they are sent, so that a client that requests many and reads none is refused, and others are not.
 */
export function registerAnswerBudget(fastify: FastifyInstance): void {
  const budget = new ByteBudget(MAX_BYTES);
  const count: onSendHookHandler = (request, reply, payload, done) => {
    if (!isLarge(payload)) return done(null, payload);
    const hold = budget.hold(request);
    if (hold.take(payload.length)) {
      reply.raw.once('close', () => hold.release());
      return done(null, payload);
    }
    const { status, body } = errorAnswer(tooManyAnswers(), request.id);
    void reply.status(status).removeHeader('content-length').removeHeader('etag');
    void reply.headers({ 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' });
    done(null, JSON.stringify(body));
  };
  // What is asked with other methods is answered in a few words.
  fastify.addHook('onRoute', (route) => {
    if (route.method === 'GET') route.onSend = [count, ...[route.onSend ?? []].flat()];
  });
}

function isLarge(payload: unknown): payload is string | Buffer {
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= COUNTED_FROM_BYTES;
}

function tooManyAnswers(): SightlineError {
  return new SightlineError(
    'overloaded',
    'Too many large responses are waiting to be read. Read those first, then try again.',
  );
}
