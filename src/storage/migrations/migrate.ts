import { DataSource, MigrationExecutor, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { refuseUnreachable, type StoreAtStart } from './at-start.js';
import { lossesOf, type Loss } from './losses.js';
import { MigrationError } from './migration-error.js';

export interface MigrationState {
  name: string;
  applied: boolean;
}

/** What reverting the newest migration means. */
export interface Descent {
  name: string;
  /** The data that is lost with it. */
  losses: Loss[];
  /** Sessions that servers and other commands have on the database: what they need would be gone under them. */
  sessions: number;
}

/** How one kind of database is migrated. */
export interface MigrationDialect extends Pick<StoreAtStart, 'check' | 'grantReader'> {
  optionsOf: (url: string) => DataSourceOptions;
  /** A query that counts, as `n`, the sessions of Sightline's processes but this one. */
  countSessions: string;
  /** Statements that wait for a lock of the session, and lift its time limits. */
  lock: readonly string[];
  unlock: readonly string[];
}

export type Migrator = ReturnType<typeof migratorOf>;

/** Brings a database up and down. All of it may be called by many processes at once, and throws MigrationError. */
export function migratorOf(dialect: MigrationDialect) {
  return {
    /** Connects to a database to migrate it: one connection, without time limits. The caller destroys it. */
    connectForMigration: (url: string) => connect(url, dialect),
    /** Applies what is pending, each migration in its own transaction. Gives their names, oldest first. */
    migrateUp: (source: DataSource): Promise<string[]> =>
      alone(source, dialect, async (executor) =>
        (await executor.executePendingMigrations()).map(({ name }) => name),
      ),
    /** What `migrateDown` would do; null where nothing is applied. Writes nothing. */
    planDown: (source: DataSource): Promise<Descent | null> =>
      alone(source, dialect, (_, [name], db) => descent(source, name, db, dialect)),
    /** Reverts the newest migration. Gives its name, null where none was applied. */
    migrateDown: (source: DataSource): Promise<string | null> =>
      alone(source, dialect, async (executor, applied) => {
        await executor.undoLastMigration();
        return applied.at(0) ?? null;
      }),
    grantReader: dialect.grantReader,
    migrationStatus,
  };
}

async function connect(url: string, { optionsOf, check }: MigrationDialect): Promise<DataSource> {
  const source = await new DataSource(optionsOf(url)).initialize().catch(refuseUnreachable);
  try {
    await check?.(source);
    return source;
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

async function descent(
  source: DataSource,
  name: string | undefined,
  db: QueryRunner,
  { countSessions }: MigrationDialect,
): Promise<Descent | null> {
  const migration = source.migrations.find((one) => one.name === name);
  if (name === undefined || migration === undefined) return null;
  const [{ n }] = (await db.query(countSessions)) as { n: string }[];
  return { name, losses: await lossesOf(db, migration), sessions: Number(n) };
}

/** Every migration, oldest first; writes nothing. */
async function migrationStatus(source: DataSource): Promise<MigrationState[]> {
  const runner = source.createQueryRunner();
  try {
    const applied = await appliedNames(source, new MigrationExecutor(source, runner));
    return source.migrations.map(({ name }) => ({ name: name ?? '', applied: applied.includes(name ?? '') }));
  } finally {
    await runner.release();
  }
}

// Several processes start at once: all but one wait here, then find nothing left to do.
// The lock is the session's own, on the connection that migrates: should that be lost, both end together.
async function alone<T>(
  source: DataSource,
  { lock, unlock }: MigrationDialect,
  work: (executor: MigrationExecutor, applied: string[], db: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await all(runner, lock);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    return await work(executor, await appliedNames(source, executor), runner);
  } finally {
    // A lost connection has no lock to release, and the first error is the one to report.
    await all(runner, unlock).catch(() => undefined);
    await runner.release();
  }
}

async function all(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement);
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
