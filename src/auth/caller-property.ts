import type { FastifyInstance } from 'fastify';
import type { Caller } from '../core/ports/api-key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Left by the guard; null on a public route. */
    caller: Caller | null;
  }
}

/** Declared to Fastify, so that all requests keep one shape. */
export function declareCaller(fastify: FastifyInstance): void {
  if (!fastify.hasRequestDecorator('caller')) fastify.decorateRequest('caller', null);
}
