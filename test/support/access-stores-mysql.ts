import { AddressUpserts } from '../../src/storage/address-upserts.js';
import { MysqlAccessReader } from '../../src/storage/mysql/access/mysql-access-reader.js';
import { MysqlAccessStore } from '../../src/storage/mysql/access/mysql-access-store.js';
import { MysqlAddressStore } from '../../src/storage/mysql/access/mysql-address-store.js';
import { MysqlAccessHours } from '../../src/storage/mysql/counting/mysql-access-hours.js';
import { MysqlCountStore } from '../../src/storage/mysql/counting/mysql-count-store.js';
import { MysqlAccessMaintenance } from '../../src/storage/mysql/maintenance/mysql-access-maintenance.js';
import { connectForMigration, migrateUp } from '../../src/storage/mysql/migrate.js';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { Partitions } from '../../src/storage/mysql/partitions.js';
import { ACCESS_TABLES, accessCounting, type AccessStores } from './access-stores.js';
import { configOf } from './config.js';
import { createMysqlDatabase } from './mysql-database.js';

export async function mysqlAccessStores(): Promise<AccessStores> {
  const database = await createMysqlDatabase();
  const source = await connectForMigration(database.url);
  await migrateUp(source).finally(() => source.destroy());
  const mysql = await Mysql.connect(configOf({ WORKER_POOL_SIZE: '8' }), database.url);
  const partitions = new Partitions(mysql.background);
  // they are in PostgreSQL, which these suites do not need
  const projects = new Map([['default', 1]]);
  const sql = <Row>(text: string): Promise<Row[]> =>
    mysql.background.use(async (db) => {
      await db.run('set max_recursive_iterations = 1000000');
      return db.rows<Row>(text);
    });
  const counted = new MysqlCountStore(mysql, () => Promise.resolve(projects));
  const counting = accessCounting(counted);
  let made = projects.size;
  return {
    process({ keep = 'all', uniqueIps = 'exact', ...limits } = {}) {
      const addresses = new AddressUpserts(uniqueIps);
      const own = accessCounting(counted, limits);
      return {
        ...own,
        store: new MysqlAccessStore(mysql, { keep, addresses, partitions, pending: own.pending }),
        addresses: new MysqlAddressStore(mysql, addresses),
      };
    },
    ...counting,
    counted,
    reader: new MysqlAccessReader(mysql, counting.windows),
    hours: new MysqlAccessHours(mysql, () => Promise.resolve(projects)),
    maintenance: new MysqlAccessMaintenance(mysql, partitions),
    addProject(name) {
      projects.set(name, (made += 1));
      return Promise.resolve(made);
    },
    forgetProject(id) {
      for (const [name, project] of projects) if (project === id) projects.delete(name);
      return Promise.resolve();
    },
    sql,
    async count(from) {
      const [{ n }] = await sql<{ n: number }>(`select count(*) as n from ${from}`);
      return n;
    },
    async clear() {
      for (const table of ACCESS_TABLES) await sql(`delete from ${table}`);
    },
    async close() {
      await mysql.close();
      await database.drop();
    },
  };
}
