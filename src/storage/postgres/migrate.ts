import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { migratorOf } from '../migrations/migrate.js';

const LOCK = `hashtextextended('sightline migrations', 0)`;

export const { connectForMigration, migrateUp, migrateDown, migrationStatus } = migratorOf({
  optionsOf: (url) => ({
    type: 'postgres',
    url,
    applicationName: 'sightline migrate',
    migrations: postgresMigrations,
    migrationsTableName: 'migrations',
    logging: false,
    extra: { max: 1, connectionTimeoutMillis: 5_000, keepAlive: true },
  }),
  lock: ['set statement_timeout = 0', `select pg_advisory_lock(${LOCK})`],
  unlock: [`select pg_advisory_unlock(${LOCK})`, 'reset statement_timeout'],
});
