import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { migratorOf } from '../migrations/migrate.js';
import { Client } from './database.js';
import { admitPostgresReader } from './readers.js';

const LOCK = `hashtextextended('sightline migrations', 0)`;

export const { connectForMigration, migrateUp, planDown, migrateDown, admitReader, migrationStatus } =
  migratorOf({
    optionsOf: (url) => ({
      type: 'postgres',
      url,
      applicationName: 'sightline migrate',
      migrations: postgresMigrations,
      migrationsTableName: 'migrations',
      logging: false,
      extra: { Client, max: 1, connectionTimeoutMillis: 5_000, keepAlive: true },
    }),
    admitReader: admitPostgresReader,
    // every one of src/storage/postgres/database.ts
    countSessions: `select count(*) as n from pg_stat_activity
    where datname = current_database() and application_name like 'sightline %' and application_name <> 'sightline migrate'`,
    lock: ['set statement_timeout = 0', `select pg_advisory_lock(${LOCK})`],
    unlock: [`select pg_advisory_unlock(${LOCK})`, 'reset statement_timeout'],
  });
