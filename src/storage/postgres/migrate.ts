import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { migratorOf } from '../migrations/migrate.js';
import { APPLICATION_NAME, CONNECTION, postgresAtStart } from './at-start.js';
import { Client } from './database.js';

const LOCK = `hashtextextended('sightline migrations', 0)`;

export const { connectForMigration, migrateUp, planDown, migrateDown, grantReader, migrationStatus } =
  migratorOf({
    ...postgresAtStart,
    optionsOf: (url) => ({
      type: 'postgres',
      url,
      applicationName: APPLICATION_NAME,
      migrations: postgresMigrations,
      migrationsTableName: 'migrations',
      logging: false,
      extra: { Client, max: 1, ...CONNECTION },
    }),
    // every one of src/storage/postgres/database.ts
    countSessions: `select count(*) as n from pg_stat_activity
    where datname = current_database() and application_name like 'sightline %' and application_name <> '${APPLICATION_NAME}'`,
    lock: ['set statement_timeout = 0', `select pg_advisory_lock(${LOCK})`],
    unlock: [`select pg_advisory_unlock(${LOCK})`, 'reset statement_timeout'],
  });
