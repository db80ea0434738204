import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { LineSampler } from '../../logging/line-sampler.js';
import { requestContext } from '../../logging/logger.js';

/** Puts the request's id on every line logged for it, and writes a line a request if wanted; of failures alone a sample. */
export function registerRequestLog(
  fastify: FastifyInstance,
  logger: Logger,
  mode: Config['requestLog'],
): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    requestContext.run({ requestId: request.id }, done);
  });
  if (mode === 'off') return;
  const least = mode === 'all' ? 0 : 400;
  const sampler = new LineSampler();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply;
    const told = statusCode < least ? null : mode === 'all' ? {} : sampler.take();
    if (told !== null) {
      const level = statusCode >= 500 ? 'error' : statusCode >= 400 ? 'warn' : 'info';
      logger[level](
        {
          request_id: request.id,
          method: request.method,
          // without the query: it may name users
          path: request.url.split('?', 1)[0],
          status: statusCode,
          duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
          address: request.ip,
          key: request.caller?.key?.prefix,
          ...told,
        },
        'request',
      );
    }
    done();
  });
}
