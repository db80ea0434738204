import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { ArchiveScheduler } from '../../archive/archive-scheduler.js';
import type { Config } from '../../config/settings.js';
import { MaintenanceScheduler } from '../../maintenance/scheduler.js';
import { Connections } from '../../storage/connections.js';
import { createApp } from './create-app.js';
import { explained, shownHost } from './listening.js';
import { openMetricsPort } from './metrics-port.js';
import { startProfiling } from './profiling.js';
import { shutDown } from './shutdown.js';

/** One server process over migrated databases, from its first request to a clean stop once `stop` resolves. */
export async function runServer(
  config: Config,
  url: string,
  logger: Logger,
  onListening: (address: string) => void,
  stop: Promise<unknown>,
  portClosed: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const profiling = await startProfiling(config, logger);
  const connections = await Connections.open(config, url);
  const app = await createApp(config, connections, logger);
  const { address, metricsPort } = await openPorts(app, config).catch(async (error: unknown) => {
    // Else what asks the database by itself would log that it is away before the reason is told.
    await app.close();
    await connections.close();
    throw error;
  });
  onListening(address);
  app.get(MaintenanceScheduler).start();
  app.get(ArchiveScheduler).start();
  await stop;
  await shutDown(app, connections, config, metricsPort, portClosed);
  await profiling.stop();
}

async function openPorts(app: NestFastifyApplication, config: Config) {
  const metricsPort = await openMetricsPort(app, config);
  return { metricsPort, address: await listen(app, config) };
}

async function listen(app: NestFastifyApplication, { host, port, tlsCertFile }: Config): Promise<string> {
  await app.listen(port, host).catch((error: unknown) => {
    throw explained(error, 'PORT', port);
  });
  const { port: bound } = app.getHttpServer().address() as AddressInfo;
  return `${tlsCertFile ? 'https' : 'http'}://${shownHost(host)}:${bound}`;
}
