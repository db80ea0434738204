import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { LineSampler } from '../../logging/line-sampler.js';
import { allowedMethods } from './allowed-methods.js';
import { errorAnswer } from './error-answer.js';
import { unsupportedMediaType } from './media-types.js';
import { keepConnection } from './unread-bodies.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers a person's browser at an address at which there is nothing; false: the usual body is to be sent. */
    sendUnknownPage?: (request: FastifyRequest, reply: FastifyReply) => boolean;
  }
}

/**
 * Delay of a 429. Impatient clients retry at once: answered without a delay, ten connections ask 4,000 times a second, and
 * keep a core busy.
 */
const HELD_MS = 250;

/** Turns every error into the one body that clients know. Logs what is the server's fault, once. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');
  private readonly sampler = new LineSampler();

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  send(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    keepConnection(reply);
    const told = inOurWords(error, request, reply);
    if (told === error && isOfNest(error, 404) && request.server.sendUnknownPage?.(request, reply)) return;
    const answer = errorAnswer(told, request.id);
    if (answer.status >= 500) this.log(error);
    if (answer.retryAfterS !== undefined) void reply.header('retry-after', String(answer.retryAfterS));
    void reply.status(answer.status);
    const send = (): void => void reply.send(answer.body);
    if (answer.status === 429) setTimeout(send, HELD_MS);
    else send();
  }

  private log(error: unknown): void {
    const cause = error instanceof SightlineError ? error.cause : undefined;
    const isKnown = error instanceof SightlineError;
    if (isKnown && !(cause instanceof Error)) return;
    const told = this.sampler.take();
    if (told === null) return;
    const unlogged = told.unlogged ? ` (${told.unlogged} more were not logged)` : '';
    if (isKnown) this.logger.warn(`${error.code}: ${(cause as Error).message}${unlogged}`);
    else this.logger.error(error instanceof Error ? error : new Error(String(error)));
  }
}

// Refusals by Nest and Fastify themselves come without an explanation.
function inOurWords(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (isOfNest(error, 415)) return unsupportedMediaType(request);
  const methods = isOfNest(error, 404) ? allowedMethods(request) : [];
  if (methods.length === 0) return error;
  void reply.header('allow', methods.join(', '));
  return methodNotAllowed(request, methods);
}

/**
 * Of Nest's own exceptions (services and parsers throw SightlineError) 404 means that no route matched, and 415 that there is no
 * parser for the media type, or that it is malformed.
 */
function isOfNest(error: unknown, status: 404 | 415): boolean {
  return error instanceof HttpException && error.getStatus() === status;
}

function methodNotAllowed(request: FastifyRequest, methods: string[]): SightlineError {
  return new SightlineError(
    'method_not_allowed',
    `${request.method} is not supported on this route: use ${methods.join(' or ')}`,
  );
}
