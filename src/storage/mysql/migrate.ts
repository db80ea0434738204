import type { DataSource } from 'typeorm';
import { mysqlMigrations } from '../../../migrations/mysql/index.js';
import { MigrationError, migratorOf } from '../migrations/migrate.js';
import { connectionOptions } from './connection-options.js';
import { admitMysqlReader } from './reader/admit-reader.js';
import { SESSION } from './session.js';

// The lock is the server's, not the database's.
const LOCK = `concat('sightline.migrations.', left(sha2(database(), 256), 32))`;
const A_DAY_S = 86_400;
const OLDEST_MINOR = 6;

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
