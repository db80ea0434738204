import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/settings.js';
import { isDraining } from './node-server.js';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
const ONE_YEAR_S = 31_536_000;

/** What every answer carries: the request's id, and what keeps browsers from guessing. */
export function registerResponseHeaders(fastify: FastifyInstance, config: Pick<Config, 'tlsCertFile'>): void {
  const headers: Record<string, string> = { ...HEADERS };
  if (config.tlsCertFile) headers['strict-transport-security'] = `max-age=${ONE_YEAR_S}`;
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    if (isDraining(fastify.server)) void reply.header('connection', 'close');
    done();
  });
}
