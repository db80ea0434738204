import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { migratorOf } from '../migrations/migrate.js';
import { Client } from './client.js';
import { admitPostgresReader } from './reader/admit-reader.js';

const LOCK = `hashtextextended('sightline migrations', 0)`;

export const { connectForMigration, migrateUp, migrateDown, admitReader, migrationStatus } = migratorOf({
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
  lock: ['set statement_timeout = 0', `select pg_advisory_lock(${LOCK})`],
  unlock: [`select pg_advisory_unlock(${LOCK})`, 'reset statement_timeout'],
});
