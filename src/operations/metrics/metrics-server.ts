import type { FastifyInstance, FastifyRequest } from 'fastify';
import { register } from 'prom-client';
import type { Authenticator } from '../../auth/authenticator.js';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import { hasScope } from '../../core/ports/api-key.js';
import { createSideServer } from '../../http/server/side-server.js';
import { expose } from './cluster-metrics.js';

/**
 * What METRICS_PORT serves: METRICS_PATH and nothing else, over plain HTTP. Worker processes share the port as they share
 * the main one, and whichever is asked answers for all.
 */
export function createMetricsServer(
  { metricsPath, metricsRequireKey }: Config,
  authenticator: Authenticator,
): FastifyInstance {
  const server = createSideServer();
  server.get(metricsPath, async (request, reply) => {
    if (metricsRequireKey) await admit(request, authenticator);
    void reply.header('content-type', register.contentType);
    return expose();
  });
  return server;
}

async function admit(request: FastifyRequest, authenticator: Authenticator): Promise<void> {
  const { scopes } = await authenticator.authenticate(request);
  if (!hasScope(scopes, 'query')) throw new SightlineError('forbidden', 'This requires the scope query.');
}
