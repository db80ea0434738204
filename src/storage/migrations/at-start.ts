import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MigrationError } from './migration-error.js';

export type StoreName = 'postgres' | 'mysql';

/** What a migrated database is asked for besides, by a connection of TypeORM or by one of the driver alone. */
export interface Asked {
  query<T>(sql: string): Promise<T>;
}

/** A connection without time limits, and without TypeORM. */
export interface PlainConnection extends Asked {
  close(): Promise<void>;
}

/** How one kind of database is looked at when a server starts. */
export interface StoreAtStart {
  store: StoreName;
  /** Of every migration. */
  names: readonly string[];
  connect(this: void, url: string): Promise<PlainConnection>;
  /** @throws MigrationError for a server that will not do. */
  check?(this: void, db: Asked): Promise<void>;
  /** A query for `name` of the table of migrations, if it is there. */
  findTable: string;
  /** Lets the read-only user of schema grafana log in with this password. Gives what stands in the way, if anything. */
  grantReader(this: void, db: Asked, password: string): Promise<string | null>;
}

/** Connects to a database that a server starts with. The caller closes it. @throws MigrationError */
export async function connectAtStart(
  { connect, check }: StoreAtStart,
  url: string,
): Promise<PlainConnection> {
  const db = await connect(url).catch(refuseUnreachable);
  try {
    await check?.(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** @throws MigrationError in one line for the operator, with the reason as its cause. */
export function refuseUnreachable(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  throw new MigrationError(`the database cannot be reached: ${message || code}`, { cause: error });
}

/**
 * Applies what is pending. Gives the names, oldest first. Nearly always that is nothing, and two queries tell so. TypeORM takes
 * 28 MB and 0.2 s of CPU: it is loaded where something is to be applied or refused, in a thread, which gives back its memory.
 * @throws Error
 */
export async function migrateAtStart(
  db: PlainConnection,
  { store, names, findTable }: StoreAtStart,
  url: string,
): Promise<string[]> {
  const tables = await db.query<unknown[]>(findTable);
  const applied =
    tables.length === 0 ? [] : await db.query<{ name: string }[]>('select name from migrations');
  const known = new Set(names);
  if (applied.length === known.size && applied.every(({ name }) => known.has(name))) return [];
  return migrateInThread({ store, url });
}

/** What the thread is given. */
export interface ThreadData {
  store: StoreName;
  url: string;
}

async function migrateInThread(workerData: ThreadData): Promise<string[]> {
  const thread = new Worker(new URL('./migrate-thread.js', import.meta.url), { workerData });
  try {
    const [applied] = (await once(thread, 'message')) as [string[]];
    return applied;
  } finally {
    await thread.terminate();
  }
}
