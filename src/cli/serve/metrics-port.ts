import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authenticator } from '../../auth/authenticator.js';
import type { Config } from '../../config/settings.js';
import { hasOwnPort } from '../../metrics/metrics.module.js';
import { createMetricsServer } from '../../metrics/metrics-server.js';
import { explained } from './listening.js';

/** A second server of the process. */
export interface MetricsPort {
  close(): Promise<void>;
}

/** Serves metrics on METRICS_PORT, if there is one. */
export async function openMetricsPort(
  app: NestFastifyApplication,
  config: Config,
): Promise<MetricsPort | null> {
  if (!hasOwnPort(config)) return null;
  const { host, metricsPort: port } = config;
  const server = createMetricsServer(config, app.get(Authenticator));
  await server.listen({ host, port }).catch((error: unknown) => {
    throw explained(error, 'METRICS_PORT', port);
  });
  return { close: () => server.close() };
}
