import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { postgresMigrations } from '../../../migrations/postgres/index.js';

const TABLE = 'migrations';

export interface MigrationState {
  name: string;
  applied: boolean;
}

/** The database cannot be migrated by this version; the message is one line for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Connects to a database to migrate it: one connection, without time limits. The caller destroys it. @throws MigrationError */
export async function connectForMigration(url: string): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'sightline migrate',
    migrations: postgresMigrations,
    migrationsTableName: TABLE,
    logging: false,
    extra: { max: 1, connectionTimeoutMillis: 5_000, keepAlive: true },
  });
  try {
    return await source.initialize();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new MigrationError(`the database cannot be reached: ${message || code}`, { cause: error });
  }
}

/** Applies what is pending, each migration in its own transaction. Gives their names, oldest first. @throws MigrationError */
export function migrateUp(source: DataSource): Promise<string[]> {
  return alone(source, async (executor) =>
    (await executor.executePendingMigrations()).map(({ name }) => name),
  );
}

/** Takes back the newest migration. Gives its name, null where none was applied. @throws MigrationError */
export function migrateDown(source: DataSource): Promise<string | null> {
  return alone(source, async (executor, applied) => {
    await executor.undoLastMigration();
    return applied[0] ?? null;
  });
}

/** Every migration, oldest first; writes nothing. @throws MigrationError */
export async function migrationStatus(source: DataSource): Promise<MigrationState[]> {
  const runner = source.createQueryRunner();
  try {
    const applied = await appliedNames(source, new MigrationExecutor(source, runner));
    return source.migrations.map(({ name }) => ({ name: name ?? '', applied: applied.includes(name ?? '') }));
  } finally {
    await runner.release();
  }
}

type Work<T> = (executor: MigrationExecutor, applied: string[]) => Promise<T>;

// Several processes start at once: all but one wait here, then find nothing left to do.
// The lock is the session's own, on the connection that migrates: should that be lost, both end together.
async function alone<T>(source: DataSource, work: Work<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('set statement_timeout = 0');
    await runner.query(`select pg_advisory_lock(${LOCK})`);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    return await work(executor, await appliedNames(source, executor));
  } finally {
    await unlock(runner);
    await runner.release();
  }
}

const LOCK = `hashtextextended('sightline migrations', 0)`;

// On a connection that is lost there is no lock to give back, and the first error is the one to tell.
async function unlock(runner: QueryRunner): Promise<void> {
  try {
    await runner.query(`select pg_advisory_unlock(${LOCK})`);
    await runner.query('reset statement_timeout');
  } catch {
    return;
  }
}

/** Newest first. */
async function appliedNames(source: DataSource, executor: MigrationExecutor): Promise<string[]> {
  const applied = (await executor.getExecutedMigrations()).map(({ name }) => name);
  const known = new Set(source.migrations.map(({ name }) => name));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown === undefined) return applied;
  throw new MigrationError(
    `the database is newer than this version of sightline: it has migration ${unknown}`,
  );
}
