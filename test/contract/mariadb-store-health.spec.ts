import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectForMigration, migrateUp } from '../../src/storage/mysql/migrate.js';
import { MysqlStoreHealth } from '../../src/storage/mysql/mysql-store-health.js';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { configOf } from '../support/config.js';
import type { TestDatabase } from '../support/database.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let mysql: Mysql;
let health: MysqlStoreHealth;

beforeAll(async () => {
  database = await createMysqlDatabase();
  const source = await connectForMigration(database.url);
  await migrateUp(source).finally(() => source.destroy());
  mysql = await Mysql.connect(configOf({ DB_MAX_CONNECTIONS: '3' }), database.url);
  health = new MysqlStoreHealth(mysql);
});

afterAll(async () => {
  await mysql?.close();
  await database?.drop();
});

it('is up while every connection of queries and ingest is taken, and tables are locked', async () => {
  await mysql.query.use((questions) =>
    mysql.ingest.use(async (appends) => {
      await questions.run('lock tables access_logs write');
      expect(await health.isUp()).toBe(true);
      await questions.run('unlock tables');
      await appends.rows('select 1');
    }),
  );
});

it('is not up without a table that appends write to, and is again once it is back', async () => {
  await mysql.background.use((db) => db.run('rename table access_blocks to access_blocks_gone'));
  await until(async () => !(await health.isUp()));
  await mysql.background.use((db) => db.run('rename table access_blocks_gone to access_blocks'));
  await until(() => health.isUp());
});
