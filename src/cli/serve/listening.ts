import { isIPv6 } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Authenticator } from '../../auth/authenticator.js';
import type { Config } from '../../config/settings.js';
import { createMetricsServer } from '../../operations/metrics/metrics-server.js';
import { hasOwnPort } from '../../operations/metrics/metrics.module.js';

/**
 * A one-line error for a port that cannot be bound. `setting` is what chooses the port; SERVER_HOST chooses the address,
 * unless `setting` does.
 */
export function explained(error: unknown, setting: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new Error(`port ${port} is in use: stop what listens on it, or choose another ${setting}`);
    case 'EACCES':
      return new Error(`this user may not listen on port ${port}: choose a ${setting} above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(
        `${setting === 'PROFILE_ADDR' ? setting : 'SERVER_HOST'}: the address to listen on does not belong to this machine`,
      );
    default:
      return error;
  }
}

/** The host of a URL at which a server that listens there is reached from this machine. */
export function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}

/** Serves metrics on METRICS_PORT, if there is one: a second server of the process. */
export async function openMetricsPort(
  app: NestFastifyApplication,
  config: Config,
): Promise<FastifyInstance | null> {
  if (!hasOwnPort(config)) return null;
  const { host, metricsPort: port } = config;
  const server = createMetricsServer(config, app.get(Authenticator));
  await server.listen({ host, port }).catch((error: unknown) => {
    throw explained(error, 'METRICS_PORT', port);
  });
  return server;
}
