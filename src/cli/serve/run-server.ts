import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AppModule } from '../../app.module.js';
import { ArchiveScheduler } from '../../archive/archive-scheduler.js';
import { ConfigError } from '../../config/config-error.js';
import type { Config } from '../../config/settings.js';
import { configureHttp } from '../../http/server/configure-http.js';
import { createFastifyAdapter } from '../../http/server/fastify-adapter.js';
import { setUpOpenApi } from '../../http/server/openapi.js';
import { NestLogger } from '../../logging/logger.js';
import { MaintenanceScheduler } from '../../maintenance/scheduler.js';
import { Connections } from '../../storage/connections.js';
import { explained, shownHost, openMetricsPort } from './listening.js';
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
    // Otherwise background queries would log that the database is gone before the actual reason is reported.
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

/** The application over migrated databases, initialised and not yet listening. */
async function createApp(
  config: Config,
  connections: Connections,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, connections),
    createFastifyAdapter(config),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  configureHttp(app, config, logger);
  setUpOpenApi(app);
  await app.init().catch((error: unknown) => {
    throw explainedRoute(error, config);
  });
  return app;
}

/** Names the setting behind a duplicate route: only these two paths are settings. */
function explainedRoute(error: unknown, config: Config): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'FST_ERR_DUPLICATED_ROUTE') return error;
  const isHealth = message.includes(`'${config.healthPath.replace(/(.)\/$/, '$1')}'`);
  return new ConfigError(
    isHealth ? 'HEALTH_CHECK_PATH' : 'METRICS_PATH',
    'path',
    'is already the path of another route',
  );
}
