import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { KeySeeder } from '../auth/key-seeder.js';
import { version } from '../config/package.js';
import { readTlsFiles } from '../config/pem-files.js';
import type { Config } from '../config/settings.js';
import { SystemClock } from '../core/ports/clock.js';
import { createLogger } from '../logging/logger.js';
import { Connections } from '../storage/connections.js';
import * as mysql from '../storage/mysql/mysql-store-health.js';
import { PostgresKeyStore } from '../storage/postgres/accounts/postgres-key-store.js';
import * as postgres from '../storage/postgres/postgres-store-health.js';
import { withFolders } from './open-database.js';
import { openStore, withStore, type OpenStore } from './serve/open-store.js';
import { runServer } from './serve/run-server.js';
import { runAsWorker, runWorkers } from './serve/workers.js';
import { aborted, stopSignal } from './signals.js';

/** `sightline serve`: runs until a signal, and resolves after a clean stop. */
export async function serve(given: Config): Promise<void> {
  // Checked first, so that no database is started in vain.
  if (given.tlsCertFile) readTlsFiles(given);
  const config = await withFolders(given);
  const logger = createLogger(config.logLevel);
  if (cluster.isWorker) return runAsWorker(config, logger);
  const stopping = stopSignal();
  await withStore(openStore, config, logger, stopping, (store) => serveFrom(store, config, stopping, logger));
}

async function serveFrom(
  store: OpenStore,
  config: Config,
  stopping: AbortSignal,
  logger: Logger,
): Promise<void> {
  const key = await prepare(config, store, logger);
  const stop = Promise.race([aborted(stopping), store.lost]).then((reason) => {
    if (reason) throw reason;
  });
  const run = config.workers > 1 ? runWorkers : runServer;
  await run(config, store.url, logger, (address) => announce(config, address, key, logger), stop);
}

/** What one process does before any serves. Gives the key to show, if one was made. */
async function prepare(config: Config, store: OpenStore, logger: Logger): Promise<string | null> {
  const connections = await Connections.open(config, store.url);
  try {
    const unsafe = await undurableSettings(connections, store);
    if (unsafe.length > 0) {
      logger.warn(
        `the database has ${unsafe.join(', ')}: if its machine crashes, acknowledged data may be lost`,
      );
    }
    const clock = new SystemClock();
    const seeder = new KeySeeder(new PostgresKeyStore(connections.postgres, clock), clock, config);
    return await seeder.seed((line) => logger.warn(line));
  } finally {
    await connections.close();
  }
}

async function undurableSettings(connections: Connections, { embedded }: OpenStore): Promise<string[]> {
  const off = embedded ? [] : await postgres.undurableSettings(connections.postgres.query);
  const unsafe = connections.mysql ? await mysql.undurableSettings(connections.mysql.query) : [];
  return [...off.map((name) => `${name}=off`), ...unsafe];
}

/** Says where the server listens and, where a first key was generated, which commands to try next. */
function announce(config: Config, address: string, key: string | null, logger: Logger): void {
  logger.info({ address, version }, 'listening');
  if (key === null) return;
  const curl = config.tlsCertFile ? 'curl -k' : 'curl';
  const event = '{"event_id":"first-event","event_type":"behavioral","event_name":"hello"}';
  const dashboard = config.dashboardEnabled ? '   (the dashboard: log in with the key)' : '';
  process.stdout.write(`
  Sightline ${version} is at ${address}${dashboard}
  API key: ${key}   (kept in ${config.dataDir}/api-key)

  Send a first event:

    ${curl} -X POST ${address}/api/v1/ingest -H 'X-API-Key: ${key}' -H 'Content-Type: application/json' -d '${event}'

  and look at it:

    ${curl} ${address}/api/v1/logs/recent -H 'X-API-Key: ${key}'

  The API is described at ${address}/docs

`);
}
