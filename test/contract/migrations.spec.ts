import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresMigrations } from '../../migrations/postgres/index.js';
import { seedOf } from '../../src/auth/key-seeder.js';
import { SERVER } from '../../src/core/ports/audit.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import { createMigration } from '../../src/storage/migrations/migration-files.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import {
  connectForMigration,
  migrateDown,
  migrateUp,
  migrationStatus,
} from '../../src/storage/postgres/migrate.js';
import { configOf } from '../support/config.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { schemaOf } from '../support/schema-of.js';

const everyName = postgresMigrations.map((migration) => new migration().name);

let database: TestDatabase;
let sources: DataSource[];

beforeEach(async () => {
  database = await createDatabase();
  sources = [];
});

afterEach(async () => {
  await Promise.all(sources.map((source) => source.destroy()));
  await database.drop();
});

async function connect(parameters = ''): Promise<DataSource> {
  const source = await connectForMigration(database.url + parameters);
  sources.push(source);
  return source;
}

describe('migrations', () => {
  it('are applied once, in order, and listed', async () => {
    const source = await connect();
    const before = await migrationStatus(source);
    expect(before).toEqual(everyName.map((name) => ({ name, applied: false })));
    expect(await schemaOf(source)).toEqual([]);
    expect(await migrateUp(source)).toEqual(everyName);
    expect(await migrateUp(source)).toEqual([]);
    expect(await migrationStatus(source)).toEqual(everyName.map((name) => ({ name, applied: true })));
  });

  it('give the same schema up, down and up again', async () => {
    const source = await connect();
    await migrateUp(source);
    const schema = await schemaOf(source);
    expect(schema.length).toBeGreaterThan(everyName.length);
    for (const name of everyName.toReversed()) expect(await migrateDown(source)).toBe(name);
    expect((await schemaOf(source)).filter((line) => !line.includes('migrations'))).toEqual([]);
    expect(await migrateDown(source)).toBeNull();
    await migrateUp(source);
    expect(await schemaOf(source)).toEqual(schema);
  });

  it('take the keys and sessions of an earlier release along, and give them back', async () => {
    const source = await connect();
    await migrateUp(source);
    while ((await migrateDown(source)) !== 'Accounts1764000000000');
    await source.query(`with made as (
        insert into api_keys (project_id, name, prefix, digest, scopes)
        values (1, 'old', 'sl_old', sha256('old'), '{query}') returning id
      ) insert into sessions select sha256('token'), id, now() + interval '1 hour' from made`);
    await source.query('update api_key_version set version = 41');
    await migrateUp(source);
    const connections = await Database.connect(configOf(), database.url);
    const store = new PostgresKeyStore(connections, new SystemClock());
    const { version, keys, sessions } = await store.load();
    expect([...keys.values()].map(({ name }) => name)).toEqual(['old']);
    expect(sessions.length).toBe(1);
    expect(await store.changes(version)).toBeNull();
    await store.create(seedOf('new', 'shop', ['ingest'], 'new'), SERVER);
    await connections.close();
    while ((await migrateDown(source)) !== 'Accounts1764000000000');
    expect(await source.query('select name from api_keys order by name')).toEqual([
      { name: 'new' },
      { name: 'old' },
    ]);
  });

  it('are applied by one of six processes that start at once', async () => {
    const processes = await Promise.all(Array.from({ length: 6 }, () => connect()));
    const applied = await Promise.all(processes.map(migrateUp));
    expect(applied.flat()).toEqual(everyName);
  });

  it('leave no lock behind, and the time limit of the connection as it was', async () => {
    const source = await connect('?statement_timeout=7000');
    await migrateUp(source);
    // Those of other suites are in databases of their own.
    const locks = `select 1 from pg_locks join pg_database d on d.oid = database where locktype = 'advisory' and datname = current_database()`;
    expect(await source.query(locks)).toEqual([]);
    expect(await source.query('show statement_timeout')).toEqual([{ statement_timeout: '7s' }]);
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
    await expect(migrationStatus(source)).rejects.toThrow(refusal);
  });

  it('say in one line that the database cannot be reached', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    await expect(connectForMigration(url.href)).rejects.toThrow(/^the database cannot be reached: [^\n]+$/);
    await expect(connectForMigration('postgres://127.0.0.1:1/x')).rejects.toThrow(
      /cannot be reached: .*ECONNREFUSED/,
    );
  });
});

describe('migrate create', () => {
  const checkout = 'migrations/postgres';
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sightline-migrations-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('writes a file and adds it to the list, which stays as it was', () => {
    cpSync(checkout, directory, { recursive: true });
    const path = createMigration(directory, 'add-countries', 1_800_000_000_000);
    expect(path).toBe(join(directory, '1800000000000-add-countries.ts'));
    expect(readFileSync(path, 'utf8')).toContain(
      'class AddCountries1800000000000 implements MigrationInterface',
    );
    const list = readFileSync(join(directory, 'index.ts'), 'utf8');
    expect(list).toContain("import { AddCountries1800000000000 } from './1800000000000-add-countries.js';\n");
    const without = list
      .replace(/import \{ AddCountries.*\n/, '')
      .replace(/,\s*AddCountries1800000000000/, '');
    expect(without).toBe(readFileSync(join(checkout, 'index.ts'), 'utf8'));
  });

  it('refuses names that are none, and places without the sources', () => {
    expect(() => createMigration(directory, 'add-countries', 1_800_000_000_000)).toThrow('in a checkout');
    for (const name of ['', 'Add', 'a_b', '../a', 'a--b', '1a']) {
      expect(() => createMigration(checkout, name, 1_800_000_000_000)).toThrow('lower-case words');
    }
  });
});
