import type { FastifyInstance } from 'fastify';
import type { Authenticator } from './authenticator.js';
import './caller-property.js';

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Guards run when a body has been read and parsed: nobody without a key may make the server do that. */
export function authenticateBeforeBody(fastify: FastifyInstance, authenticator: Authenticator): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (WITHOUT_BODY.has(request.method) || request.is404) return done();
    if (request.routeOptions.config.keyInBody) return done();
    try {
      const caller = authenticator.authenticate(request);
      if (!(caller instanceof Promise)) {
        request.caller = caller;
        return done();
      }
      caller.then((found) => {
        request.caller = found;
        done();
      }, done);
    } catch (error) {
      done(error as Error);
    }
  });
}
