import { ACCESS } from '../../src/core/counting/kind.js';
import { PostgresAccessReader } from '../../src/storage/postgres/access/postgres-access-reader.js';
import { PostgresAccessStore } from '../../src/storage/postgres/access/postgres-access-store.js';
import { PostgresAddressStore } from '../../src/storage/postgres/access/postgres-address-store.js';
import { PostgresAddressUpserts } from '../../src/storage/postgres/access/upsert-addresses.js';
import { PostgresAccessHours } from '../../src/storage/postgres/counting/postgres-access-hours.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresAccessMaintenance } from '../../src/storage/postgres/maintenance/postgres-access-maintenance.js';
import {
  ACCESS_TABLES,
  accessCounting,
  type AccessProcess,
  type AccessProcessOptions,
  type AccessStores,
} from './access-stores.js';
import { configOf } from './config.js';
import { cloneDatabase, deleteFrom } from './database.js';

export async function postgresAccessStores(): Promise<AccessStores> {
  const clone = await cloneDatabase();
  const database = await Database.connect(configOf({ WORKER_POOL_SIZE: '8' }), clone.url);
  const sql = async <Row>(text: string): Promise<Row[]> => (await database.query.query(text)).rows as Row[];
  const counted = new PostgresCountStore(database, ACCESS, null);
  const counting = accessCounting(counted);
  return {
    process: (options) => postgresAccessProcess(database, options),
    ...counting,
    counted,
    reader: new PostgresAccessReader(database, counting.windows),
    hours: new PostgresAccessHours(database),
    maintenance: new PostgresAccessMaintenance(database),
    async addProject(name) {
      const [{ id }] = await sql<{ id: number }>(
        `insert into projects (name) values ('${name}') returning id`,
      );
      return id;
    },
    async forgetProject(id) {
      await sql(`delete from projects where id = ${id}`);
    },
    sql,
    async count(from) {
      const [{ n }] = await sql<{ n: string }>(`select count(*) as n from ${from}`);
      return Number(n);
    },
    async clear() {
      await sql(deleteFrom(...ACCESS_TABLES));
    },
    async close() {
      await database.close();
      await clone.drop();
    },
  };
}

export function postgresAccessProcess(
  database: Database,
  { keep = 'all', uniqueIps = 'exact', ...limits }: AccessProcessOptions = {},
): AccessProcess {
  const addresses = new PostgresAddressUpserts(uniqueIps);
  const own = accessCounting(new PostgresCountStore(database, ACCESS, null), limits);
  return {
    ...own,
    store: new PostgresAccessStore(database, { keep, addresses, pending: own.pending }),
    addresses: new PostgresAddressStore(database, addresses),
  };
}
