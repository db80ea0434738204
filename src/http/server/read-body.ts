import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { free } from '../../core/json/buffers.js';
import type { ByteBudget, Hold } from './byte-budget.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What its body takes of the budget; null where it is small, or there is none. */
    bodyHold: Hold | null;
  }
}

/**
 * Until a request is answered, or its connection is gone, its body and what was made of it are in memory. A small body is not
 * counted: it takes less than the connection that it comes on, and what is made of it has a bound of its own.
 */
export function holdBody(request: FastifyRequest, reply: FastifyReply, budget: ByteBudget): void {
  const { headers } = request;
  if (headers['content-type'] === undefined) return;
  // curl asks before it sends a large body; at this point nothing stands against it.
  if (headers.expect !== undefined) reply.raw.writeContinue();
  if (Number(headers['content-length']) <= SMALL_BYTES && headers['content-encoding'] === undefined) return;
  const hold = budget.hold(request);
  request.bodyHold = hold;
  // Unlike `finish`, it comes whatever becomes of the answer.
  reply.raw.once('close', () => hold.release());
}

/** Reads a body whole. What is over the route's limit, or finds the budget used up, is answered before the rest is read. */
export function readBody(
  request: FastifyRequest,
  payload: RequestPayload,
  done: (error: Error | null, body: Buffer) => void,
): void {
  const limit = request.routeOptions.bodyLimit;
  const hold = request.bodyHold;
  const chunks: Buffer[] = [];
  let bytes = 0;

  const end = (error: Error | null): void => {
    payload.off('data', take).off('end', finish).off('error', fail);
    if (error && payload !== request.raw) payload.destroy();
    const body = error ? NOTHING : Buffer.concat(chunks, bytes);
    if (bytes >= FREED_FROM_BYTES) chunks.forEach(free);
    done(error, body);
  };
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limit) return end(tooLarge(limit));
    if (hold?.take(chunk.length) === false) return end(overloaded());
    chunks.push(chunk);
  };
  const finish = (): void => end(null);
  const fail = (error: Error): void => end(asBadBody(error));

  if (Number(request.headers['content-length']) > limit) return end(tooLarge(limit));
  payload.on('data', take).on('end', finish).on('error', fail);
}

const NOTHING = Buffer.alloc(0);
const SMALL_BYTES = 16 * 1024;
/** Freeing a smaller body takes more time than it is worth. */
const FREED_FROM_BYTES = 64 * 1024;

function tooLarge(limit: number): SightlineError {
  return new SightlineError('request_too_large', `The body is larger than ${Math.floor(limit / 1024)} KiB`);
}

function overloaded(): SightlineError {
  return new SightlineError('overloaded', 'Too many request bodies are being received. Try again.', {
    retryAfterS: 1,
  });
}

// Nobody reads the answer to a client that hung up, but it must not be logged as the server's fault.
function asBadBody(cause: NodeJS.ErrnoException): SightlineError {
  if (cause instanceof SightlineError) return cause;
  return cause.code === 'ECONNRESET'
    ? new SightlineError('validation_error', 'The body was not received in full', { cause })
    : new SightlineError('invalid_json', 'The body does not match its Content-Encoding', { cause });
}
