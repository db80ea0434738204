import { postgresMigrations } from '../../../migrations/postgres/index.js';
import type { PlainConnection, StoreAtStart } from '../migrations/at-start.js';
import { Client } from './database.js';
import { grantPostgresReader } from './readers.js';

/** Of a connection that migrates, or is about to. */
export const APPLICATION_NAME = 'sightline migrate';
export const CONNECTION = { connectionTimeoutMillis: 5_000, keepAlive: true };

export const postgresAtStart: StoreAtStart = {
  store: 'postgres',
  names: postgresMigrations.map((migration) => new migration().name),
  connect,
  findTable: `select 'migrations' as name where to_regclass('migrations') is not null`,
  grantReader: grantPostgresReader,
};

async function connect(connectionString: string): Promise<PlainConnection> {
  const client = new Client({ connectionString, application_name: APPLICATION_NAME, ...CONNECTION });
  await client.connect();
  return {
    query: async <T>(sql: string) => (await client.query(sql)).rows as T,
    close: () => client.end(),
  };
}
