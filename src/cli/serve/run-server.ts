import type { AddressInfo } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from '../../app.module.js';
import { ArchiveScheduler } from '../../archive/archive-scheduler.js';
import { ConfigError } from '../../config/config-error.js';
import type { Config } from '../../config/settings.js';
import { LogConsumers } from '../../core/ports/log.js';
import { configureHttp } from '../../http/server/configure-http.js';
import { createFastifyAdapter } from '../../http/server/fastify-adapter.js';
import { setUpOpenApi } from '../../http/server/openapi.js';
import { Tails } from '../../live/tails.js';
import { NestLogger } from '../../logging/logger.js';
import { MaintenanceScheduler } from '../../maintenance/scheduler.js';
import { Connections } from '../../storage/connections.js';
import { explained, shownHost, openMetricsPort } from './listening.js';
import { startProfiling } from './profiling.js';
import { shutDown } from './shutdown.js';

/** What a process is: its modules, and what goes on in it beside requests. */
export interface Part {
  module: { register: (config: Config, connections: Connections) => DynamicModule };
  jobs: readonly Type<Job>[];
  /** What has answers that never end by themselves. */
  streams: readonly Type<{ stop(): void }>[];
  /** Does it describe its routes? */
  hasDocument: boolean;
}

/** Started once the process listens, stopped with it. */
interface Job {
  start(): void;
  stop(): Promise<void>;
}

type Type<T> = abstract new (...args: never[]) => T;

const SERVER: Part = {
  module: AppModule,
  jobs: [MaintenanceScheduler, ArchiveScheduler, LogConsumers],
  streams: [Tails],
  hasDocument: true,
};

/** One server process over migrated databases, from its first request to a clean stop once `stop` resolves. */
export async function runServer(
  config: Config,
  url: string,
  logger: Logger,
  onListening: (address: string) => void,
  stop: Promise<unknown>,
  portClosed: () => Promise<void> = () => Promise.resolve(),
  part = SERVER,
): Promise<void> {
  const profiling = await startProfiling(config, logger);
  const connections = await Connections.open(config, url);
  const app = await createApp(config, connections, logger, part);
  const { address, metricsPort } = await openPorts(app, config).catch(async (error: unknown) => {
    // Otherwise background queries would log that the database is gone before the actual reason is reported.
    await app.close();
    await connections.close();
    throw error;
  });
  onListening(address);
  const jobs = part.jobs.map((job) => app.get<Job>(job));
  for (const job of jobs) job.start();
  await stop;
  const streams = part.streams.map((stream) => app.get<{ stop(): void }>(stream));
  await shutDown(app, connections, config, metricsPort, portClosed, { streams, jobs });
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
  { module, hasDocument }: Part,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module.register(config, connections),
    createFastifyAdapter(config),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  configureHttp(app, config, logger);
  if (hasDocument) setUpOpenApi(app);
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
