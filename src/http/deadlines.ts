import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { errorAnswer } from './error-answer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its body was there, on the clock of `performance.now()`. */
    startedMs: number;
  }
}

/**
 * Answers 503 `timeout` for a request whose handler takes too long. One timer looks through all requests in flight:
 * a timer for each would cost more than the rest of the pipeline's book-keeping.
 */
export function registerDeadlines(fastify: FastifyInstance, timeoutMs: number): void {
  const running = new Map<FastifyRequest, FastifyReply>();
  fastify.decorateRequest('startedMs', 0);
  // From here on it is the server's time: that of the client, sending its body, is requestTimeout's.
  fastify.addHook('preValidation', (request, reply, done) => {
    request.startedMs = performance.now();
    running.set(request, reply);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    running.delete(request);
    done();
  });
  // A client that hangs up in the middle of its body gets no onResponse.
  fastify.addHook('onRequestAbort', (request, done) => {
    running.delete(request);
    done();
  });
  const timer = setInterval(() => expire(running, timeoutMs), Math.max(10, Math.min(1000, timeoutMs / 4)));
  timer.unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

// In the order of arrival: the first that is young enough ends the search.
function expire(running: Map<FastifyRequest, FastifyReply>, timeoutMs: number): void {
  const oldest = performance.now() - timeoutMs;
  for (const [request, reply] of running) {
    if (request.startedMs > oldest) return;
    running.delete(request);
    if (reply.sent || reply.raw.headersSent) continue;
    const { status, body } = errorAnswer(
      new SightlineError(
        'timeout',
        'The request took too long. What it sends may have been stored: sending it again is safe.',
      ),
      request.id,
    );
    void reply.status(status).header('retry-after', '1').send(body);
  }
}
