import { WorkerModule } from '../app.module.js';
import { ConfigError } from '../config/config-error.js';
import { version } from '../config/package.js';
import { settings, type Config } from '../config/settings.js';
import { LogConsumers } from '../core/ports/log.js';
import { createLogger } from '../logging/logger.js';
import { MaintenanceScheduler } from '../maintenance/scheduler.js';
import { dataDirOf } from './open-database.js';
import { joinStore, withStore } from './serve/open-store.js';
import { runServer, type Part } from './serve/run-server.js';
import { aborted, stopSignal } from './signals.js';

const WORKER: Part = {
  module: WorkerModule,
  jobs: [MaintenanceScheduler, LogConsumers],
  streams: [],
  hasDocument: false,
};

/** `sightline worker`: takes records from Kafka into the stores until a signal, and resolves after a clean stop. */
export async function work(given: Config): Promise<void> {
  if (given.kafkaBrokers.length === 0) {
    throw new ConfigError('KAFKA_BROKERS', 'default', 'must be set: a worker reads from Kafka');
  }
  const config: Config = {
    ...given,
    dataDir: await dataDirOf(given),
    port: given.workerPort,
    // its metrics are there too: METRICS_PORT is the servers'
    metricsPort: settings.metricsPort.default,
    // it takes in nothing
    ingestMode: 'direct',
  };
  const logger = createLogger(config.logLevel);
  const stopping = stopSignal();
  await withStore(joinStore, config, logger, stopping, (store) => {
    const told = (address: string) => logger.info({ address, version }, 'listening');
    return runServer(config, store.url, logger, told, aborted(stopping), undefined, WORKER);
  });
}
