import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { READER, READER_VIEWS } from '../../../migrations/mysql/1763900000000-reader.js';
import { mysqlMigrations } from '../../../migrations/mysql/index.js';
import { MigrationError, migratorOf } from '../migrations/migrate.js';
import { connectionOptions, SESSION } from './connection-options.js';

// The lock is the server's, not the database's.
const LOCK = `concat('sightline.migrations.', left(sha2(database(), 256), 32))`;
const A_DAY_S = 86_400;
const OLDEST_MINOR = 6;

const DENIED = new Set([
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_CANT_CREATE_USER_WITH_GRANT',
]);

/**
 * The one for all hosts is not enough: where MariaDB has an anonymous user at localhost, as some installations do, who comes from
 * there is taken for that one.
 */
const HOSTS = ['%', 'localhost'];

export const { connectForMigration, migrateUp, planDown, migrateDown, admitReader, migrationStatus } =
  migratorOf({
    optionsOf: (url) => ({
      type: 'mariadb',
      database: connectionOptions(url).database,
      migrations: mysqlMigrations,
      migrationsTableName: 'migrations',
      logging: false,
      poolSize: 1,
      extra: { ...connectionOptions(url), multipleStatements: true },
    }),
    check: isMariaDb,
    admitReader: admitMysqlReader,
    // Without further rights one sees the sessions of one's own user: a server's are.
    countSessions: `select count(*) as n from information_schema.processlist
    where db = database() and user = substring_index(current_user(), '@', 1) and id <> connection_id()`,
    lock: [SESSION, 'set max_statement_time = 0', `select get_lock(${LOCK}, ${A_DAY_S})`],
    unlock: [`select release_lock(${LOCK})`],
  });

// RETURNING, collations without padding: what MySQL itself has not.
async function isMariaDb(source: DataSource): Promise<void> {
  const [{ version }] = await source.query<{ version: string }[]>('select version() as version');
  const [, major, minor] = /^(\d+)\.(\d+)\..*MariaDB/.exec(version) ?? [];
  if (Number(major) > 10 || (Number(major) === 10 && Number(minor) >= OLDEST_MINOR)) return;
  throw new MigrationError(
    `access entries need MariaDB 10.${OLDEST_MINOR} or later, not MySQL, which lacks features that they rely on; this server is ${version}`,
  );
}

/** Makes the read-only user with this password, or gives it to the one there is. Gives what stands in the way, if anything. */
export async function admitMysqlReader(source: DataSource, password: string): Promise<string | null> {
  const identified = `identified via mysql_native_password using '${nativeHash(password)}'`;
  try {
    for (const user of HOSTS.map((host) => `'${READER}'@'${host}'`)) {
      await source.query(`create user if not exists ${user} ${identified}`);
      await source.query(`alter user ${user} ${identified}`);
      for (const view of READER_VIEWS) await source.query(`grant select on ${view} to ${user}`);
    }
    return null;
  } catch (error) {
    const { code } = error as Error & { code?: string };
    if (code === undefined || !DENIED.has(code)) throw error;
    return `GRAFANA_DB_PASSWORD: MariaDB's user may not make the user ${READER} (docs/grafana.md)`;
  }
}

/** What MariaDB keeps of a password: so the password itself gets into no log of statements. */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
