import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mysqlMigrations } from '../../migrations/mysql/index.js';
import {
  connectForMigration,
  migrateDown,
  migrateUp,
  migrationStatus,
  planDown,
} from '../../src/storage/mysql/migrate.js';
import { undurableSettings } from '../../src/storage/mysql/mysql-store-health.js';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { configOf } from '../support/config.js';
import type { TestDatabase } from '../support/database.js';
import { createMysqlDatabase } from '../support/mysql-database.js';

const everyName = mysqlMigrations.map((migration) => new migration().name);

let database: TestDatabase;
let sources: DataSource[];

beforeEach(async () => {
  database = await createMysqlDatabase();
  sources = [];
});

afterEach(async () => {
  await Promise.all(sources.map((source) => source.destroy()));
  await database.drop();
});

async function connect(): Promise<DataSource> {
  const source = await connectForMigration(database.url);
  sources.push(source);
  return source;
}

/** Every column and index, and how tables are partitioned. */
async function schemaOf(source: DataSource): Promise<unknown[]> {
  const columns = await source.query<unknown[]>(`
    select table_name, column_name, column_type, collation_name, is_nullable, column_default, extra
    from information_schema.columns where table_schema = database() order by table_name, ordinal_position`);
  const indexes = await source.query<unknown[]>(`
    select table_name, index_name, seq_in_index, column_name from information_schema.statistics
    where table_schema = database() order by table_name, index_name, seq_in_index`);
  const partitions = await source.query<unknown[]>(`
    select table_name, partition_name, partition_description from information_schema.partitions
    where table_schema = database() and partition_name is not null`);
  return [...columns, ...indexes, ...partitions];
}

describe('migrations of MariaDB', () => {
  it('are applied once, in order, and listed', async () => {
    const source = await connect();
    expect(await migrationStatus(source)).toEqual(everyName.map((name) => ({ name, applied: false })));
    expect(await migrateUp(source)).toEqual(everyName);
    expect(await migrateUp(source)).toEqual([]);
    expect(await migrationStatus(source)).toEqual(everyName.map((name) => ({ name, applied: true })));
  });

  it('give the same schema up, down and up again, also after one that was cut off', async () => {
    const source = await connect();
    await migrateUp(source);
    const schema = await schemaOf(source);
    expect(schema.length).toBeGreaterThan(50);
    for (const name of everyName.toReversed()) expect(await migrateDown(source)).toBe(name);
    expect(await migrateDown(source)).toBeNull();
    expect(await source.query(`show tables where tables_in_${tableSchema()} <> 'migrations'`)).toEqual([]);
    await migrateUp(source);
    expect(await schemaOf(source)).toEqual(schema);
    for (let n = 1; n < everyName.length; n++) await migrateDown(source);
    await source.query('drop table access_answers, ip_registers');
    await source.query('delete from migrations');
    await migrateUp(source);
    expect(await schemaOf(source)).toEqual(schema);
  });

  it('tell what the newest one would take with it, and who is on the database', async () => {
    const source = await connect();
    expect(await planDown(source)).toBeNull();
    await migrateUp(source);
    const gone = { columns: [], rows: 0 };
    expect(await planDown(source)).toEqual({
      name: 'SketchParts1764420000000',
      losses: [{ table: 'access_uniques', ...gone }],
      sessions: 0,
    });
    await migrateDown(source);
    expect(await planDown(source)).toEqual({
      name: 'KafkaPositions1764400000000',
      losses: [{ table: 'kafka_positions', ...gone }],
      sessions: 0,
    });
    await migrateDown(source);
    expect(await planDown(source)).toEqual({
      name: 'Counting1764300000000',
      losses: [
        { table: 'access_blocks', ...gone },
        { table: 'access_rollups', ...gone },
      ],
      sessions: 0,
    });
    await migrateDown(source);
    const shortened = { columns: ['method'], rows: 0 };
    expect(await planDown(source)).toEqual({
      name: 'LongerMethods1764100000000',
      losses: [
        { table: 'access_logs', ...shortened },
        { table: 'access_deltas', ...shortened },
      ],
      sessions: 0,
    });
    await migrateDown(source);
    // Views only.
    expect(await planDown(source)).toMatchObject({ name: 'Reader1763900000000', losses: [] });
    await migrateDown(source);
    const mysql = await Mysql.connect(configOf(), database.url);
    await mysql.query.rows('select 1');
    const plan = await planDown(source);
    await mysql.close();
    expect(plan!.losses).toContainEqual({
      table: 'access_rollups',
      columns: ['errors', 'duration_n', 'duration_sum', 'duration_max'],
      rows: 0,
    });
    expect(plan!.sessions).toBeGreaterThan(0);
  });

  it('are applied by one of six processes that start at once, and leave no lock behind', async () => {
    const processes = await Promise.all(Array.from({ length: 6 }, () => connect()));
    expect((await Promise.all(processes.map(migrateUp))).flat()).toEqual(everyName);
    const lock = `concat('sightline.migrations.', left(sha2(database(), 256), 32))`;
    expect(await processes[0].query(`select is_free_lock(${lock}) as free`)).toEqual([
      { free: expect.anything() },
    ]);
    expect(
      Number((await processes[0].query<{ free: number }[]>(`select is_free_lock(${lock}) as free`))[0].free),
    ).toBe(1);
  });

  it('refuse a database that is newer than the code', async () => {
    const source = await connect();
    await migrateUp(source);
    await source.query(
      `insert into migrations (timestamp, name) values (9999999999999, 'Later9999999999999')`,
    );
    const refusal =
      'the database is newer than this version of sightline: it has migration Later9999999999999';
    await expect(migrateUp(source)).rejects.toThrow(refusal);
    await expect(migrateDown(source)).rejects.toThrow(refusal);
  });

  it('say in one line that the database cannot be reached', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    await expect(connectForMigration(url.href)).rejects.toThrow(/^the database cannot be reached: [^\n]+$/);
    await expect(connectForMigration('mysql://127.0.0.1:1/x')).rejects.toThrow(/reached: .*ECONNREFUSED/);
  });
});

it('settings that may lose what was committed are named', async () => {
  const mysql = await Mysql.connect(configOf(), database.url);
  const [{ flush }] = await mysql.query.rows<{ flush: number }>(
    'select @@innodb_flush_log_at_trx_commit as flush',
  );
  const named = (await undurableSettings(mysql.query)).filter((setting) => setting.includes('flush_log'));
  await mysql.close();
  expect(named).toEqual(flush === 1 ? [] : [`innodb_flush_log_at_trx_commit=${flush}`]);
});

function tableSchema(): string {
  return new URL(database.url).pathname.slice(1);
}
