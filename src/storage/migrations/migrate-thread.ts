// Applies what is pending to one database, as a thread: see at-start.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData } from './at-start.js';
import type { Migrator } from './migrate.js';

const { store, url } = workerData as ThreadData;
const { connectForMigration, migrateUp }: Migrator =
  store === 'mysql' ? await import('../mysql/migrate.js') : await import('../postgres/migrate.js');
const source = await connectForMigration(url);
const applied = await migrateUp(source).finally(() => source.destroy());
parentPort!.postMessage(applied);
