import { mysqlMigrations } from '../../../migrations/mysql/index.js';
import { migratorOf } from '../migrations/migrate.js';
import { mysqlAtStart } from './at-start.js';
import { connectionOptions, SESSION } from './connection-options.js';

// The lock is the server's, not the database's.
const LOCK = `concat('sightline.migrations.', left(sha2(database(), 256), 32))`;
const A_DAY_S = 86_400;

export const { connectForMigration, migrateUp, planDown, migrateDown, grantReader, migrationStatus } =
  migratorOf({
    ...mysqlAtStart,
    optionsOf: (url) => ({
      type: 'mariadb',
      database: connectionOptions(url).database,
      migrations: mysqlMigrations,
      migrationsTableName: 'migrations',
      logging: false,
      poolSize: 1,
      extra: { ...connectionOptions(url), multipleStatements: true },
    }),
    // Without further rights one sees the sessions of one's own user: a server's are.
    countSessions: `select count(*) as n from information_schema.processlist
    where db = database() and user = substring_index(current_user(), '@', 1) and id <> connection_id()`,
    lock: [SESSION, 'set max_statement_time = 0', `select get_lock(${LOCK}, ${A_DAY_S})`],
    unlock: [`select release_lock(${LOCK})`],
  });
