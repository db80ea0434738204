import type { FastifyInstance } from 'fastify';
import type { Authenticator } from '../auth/authenticator.js';
import type { Caller } from '../core/ports/api-key.js';
import type { RateLimitGuard } from './rate-limit.guard.js';

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Guards run after a body was read and parsed. Key and limit are known from the headers: a request that is not allowed, or
 * exceeds its limit, is refused before any of its body is read.
 */
export function admitBeforeBody(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  limit: RateLimitGuard,
): void {
  fastify.decorateRequest('hasToken', false);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (WITHOUT_BODY.has(request.method) || request.is404) return done();
    const { config } = request.routeOptions;
    if (config.keyInBody) return done();
    const admit = (caller: Caller): void | Promise<void> => {
      request.caller = caller;
      return limit.take(request, reply);
    };
    try {
      const caller = authenticator.authenticate(request, config);
      const taken = caller instanceof Promise ? caller.then(admit) : admit(caller);
      if (taken === undefined) done();
      else taken.then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  });
}
