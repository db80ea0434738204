import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { errorAnswer } from './error-answer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its body was complete, by `performance.now()`. */
    startedMs: number;
    /** Its place among those that are being answered; -1 before and after. */
    place: number;
  }
}

/** Of REQUEST_TIMEOUT_SECONDS: from the beginning until the client has taken its answer. */
const TIMES_TO_READ = 2;

/**
 * Answers 503 `timeout` for a request whose handler takes too long. One timer looks through all requests in flight:
 * a timer for each would cost more than the rest of the pipeline's book-keeping. Cuts a connection whose client does not take
 * its answer.
 */
export function registerDeadlines(fastify: FastifyInstance, timeoutMs: number): void {
  const running = new RunningRequests();
  fastify.decorateRequest('startedMs', 0);
  fastify.decorateRequest('place', -1);
  // The server's time starts here; the client's, for sending the body, is limited by requestTimeout.
  fastify.addHook('preValidation', (request, reply, done) => {
    request.startedMs = performance.now();
    running.add(reply);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    running.remove(request);
    done();
  });
  // onResponse does not fire for a client that hangs up in the middle of its body.
  fastify.addHook('onRequestAbort', (request, done) => {
    running.remove(request);
    done();
  });
  const timer = setInterval(() => expire(running, timeoutMs), Math.max(10, Math.min(1000, timeoutMs / 4)));
  timer.unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

/**
 * The requests that are being answered, in no order.
 * No Map or Set: when V8 makes the table of one anew, the old table keeps a pointer to the new one. Once such a table is in
 * the old generation, each that follows is held by a dead one, and with it every request that stood in it: a megabyte of
 * garbage outlived each minor collection, and a full one was due every second (docs/decisions/0008-memory.md).
 */
class RunningRequests {
  private readonly replies: FastifyReply[] = [];

  add(reply: FastifyReply): void {
    reply.request.place = this.replies.push(reply) - 1;
  }

  /** The last one takes its place. */
  remove(request: FastifyRequest): void {
    const { place } = request;
    if (place < 0) return;
    request.place = -1;
    const last = this.replies.pop()!;
    if (last.request === request) return;
    this.replies[place] = last;
    last.request.place = place;
  }

  startedBefore(timeMs: number): FastifyReply[] {
    return this.replies.filter(({ request }) => request.startedMs < timeMs);
  }
}

function expire(running: RunningRequests, timeoutMs: number): void {
  const nowMs = performance.now();
  for (const reply of running.startedBefore(nowMs - timeoutMs)) {
    const { startedMs, routeOptions } = reply.request;
    if (!reply.sent && !reply.raw.headersSent) {
      void sendTimeout(reply);
    } else if (routeOptions.config.streams) {
      running.remove(reply.request);
    } else if (startedMs < nowMs - timeoutMs * TIMES_TO_READ) {
      // The answer sits in memory, waiting for a client that does not read it.
      running.remove(reply.request);
      reply.raw.destroy();
    }
  }
}

function sendTimeout(reply: FastifyReply): FastifyReply {
  const { status, body } = errorAnswer(
    new SightlineError(
      'timeout',
      'The request took too long. What it sent may have been stored; it is safe to send it again.',
    ),
    reply.request.id,
  );
  return reply.status(status).header('retry-after', '1').send(body);
}
