import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyRegistry } from '../../src/auth/key-registry.js';
import { seedOf } from '../../src/auth/key-seeder.js';
import { digestOf } from '../../src/auth/key-text.js';
import { SERVER } from '../../src/core/ports/audit.js';
import type { KeySnapshot } from '../../src/core/ports/key-store.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { PostgresSessionStore } from '../../src/storage/postgres/accounts/postgres-session-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { TestClock } from '../support/test-clock.js';
import { SOON_MS, until } from '../support/until.js';

let testDatabase: TestDatabase;
let database: Database;
let clock: TestClock;
let store: CountingStore;
let registries: KeyRegistry[];

/** Counts what the registries ask. */
class CountingStore extends PostgresKeyStore {
  asked = 0;
  loadedAll = 0;

  override version(): Promise<string> {
    this.asked++;
    return super.version();
  }

  override load(): Promise<KeySnapshot> {
    this.loadedAll++;
    return super.load();
  }
}

async function startRegistry(): Promise<KeyRegistry> {
  const registry = new KeyRegistry(store, clock, configOf({ KEY_CACHE_STALE_SECONDS: '60' }));
  registries.push(registry);
  await registry.onModuleInit();
  return registry;
}

async function createKey(text: string): Promise<string> {
  return (await store.create(seedOf(text, 'default', ['ingest'], text), SERVER)).id;
}

beforeAll(async () => {
  testDatabase = await cloneDatabase();
});

beforeEach(async () => {
  registries = [];
  clock = new TestClock();
  database = await Database.connect(configOf(), testDatabase.url);
  store = new CountingStore(database, clock);
});

afterEach(async () => {
  await Promise.all(registries.map((registry) => registry.onApplicationShutdown()));
  await sql('truncate api_keys, sessions; drop table if exists kept_keys, kept_changes, kept_version');
  await database.close();
});

afterAll(() => testDatabase.drop());

const sql = (text: string) => database.query.query(text);

async function beginSession(keyId: string, token: string, lastsMs = 3_600_000): Promise<string> {
  const digest = digestOf(token);
  const session = { digest, keyId, expiresAt: Date.now() + lastsMs };
  expect(await new PostgresSessionStore(database).begin(session, null, 10, SERVER)).toBe(true);
  return digest;
}

describe('KeyRegistry', () => {
  it('knows a new key as soon as it is asked for, and loses a revoked one soon, in every process', async () => {
    const [one, two] = [await startRegistry(), await startRegistry()];
    const id = await createKey('everywhere');
    for (const registry of [one, two]) {
      if (!registry.find('everywhere')) await registry.refresh();
      expect(registry.find('everywhere')?.project).toBe('default');
    }
    await store.revoke(id, null, SERVER);
    await until(() => [one, two].every((registry) => registry.find('everywhere') === undefined), SOON_MS);
  });

  it('loads what changed and no more: what did not stays as it is', async () => {
    const id = await createKey('changed');
    await createKey('unchanged');
    const [one, two] = [await startRegistry(), await startRegistry()];
    const loadedAll = store.loadedAll;
    const before = [one, two].map((registry) => registry.find('unchanged'));
    expect([one, two].every((registry) => registry.find('changed'))).toBe(true);
    const successor = { digest: digestOf('successor'), prefix: 'suc' };
    await store.rotate(id, null, successor, Date.now() + 60_000, SERVER);
    await until(() => [one, two].every((registry) => registry.find('successor')));
    for (const registry of [one, two]) {
      expect(registry.find('changed')?.key.successorId).toBe(registry.find('successor')?.key.id);
    }
    await store.create(seedOf('k', 'later', ['query'], 'of a new project'), SERVER);
    await until(() => [one, two].every((registry) => registry.projectId('later') !== undefined));
    await store.revoke(id, null, SERVER);
    await until(() => [one, two].every((registry) => registry.find('changed') === undefined));
    expect([one, two].map((registry) => registry.find('unchanged'))).toEqual(before);
    expect(one.findById(id)).toBeUndefined();
    expect(store.loadedAll).toBe(loadedAll);
  });

  it('knows sessions as they begin and end, in every process, and none of a key that is revoked', async () => {
    const id = await createKey('logs in');
    const [one, two] = [await startRegistry(), await startRegistry()];
    const loadedAll = store.loadedAll;
    const [first, second] = [await beginSession(id, 'first'), await beginSession(id, 'second')];
    const knows = (digest: string) => [one, two].map((registry) => registry.findSession(digest)?.key.id);
    await until(() => knows(second).every((keyId) => keyId === id));
    await new PostgresSessionStore(database).end(first, SERVER);
    await until(() => knows(first).every((keyId) => keyId === undefined));
    expect(knows(second)).toEqual([id, id]);
    await store.rotate(id, null, { digest: digestOf('n'), prefix: 'n' }, Date.now() + 60_000, SERVER);
    await until(() => [one, two].every((registry) => registry.findSession(second)?.key.successorId));
    await store.revoke(id, null, SERVER);
    await until(() => knows(second).every((keyId) => keyId === undefined));
    expect(store.loadedAll).toBe(loadedAll);
  });

  it('loads all where a backup was restored, whatever version that brought back', async () => {
    await createKey('of the backup');
    const registry = await startRegistry();
    await sql('create table kept_keys as select * from api_keys');
    await sql('create table kept_changes as select * from key_changes');
    await sql('create table kept_version as select * from api_key_version');
    await createKey('after the backup');
    await until(() => registry.find('after the backup') !== undefined);
    await sql(`truncate api_keys, sessions, key_changes, api_key_version;
      insert into api_keys select * from kept_keys; insert into key_changes select * from kept_changes;
      insert into api_key_version select * from kept_version;`);
    await createKey('after the restore');
    await until(() => registry.find('after the restore') !== undefined);
    expect(registry.find('after the backup')).toBeUndefined();
    expect(registry.find('of the backup')).toBeDefined();
  });

  it('forgets what has expired, though nothing changes', async () => {
    const id = await createKey('short');
    const digest = await beginSession(id, 'brief');
    const registry = await startRegistry();
    expect(registry.findSession(digest)).toBeDefined();
    expect(registry.countKeys(() => true)).toBe(1);
    clock.advance(3_700_000);
    await until(() => registry.findSession(digest) === undefined);
    expect(registry.find('short')).toBeDefined();
  });

  it('asks a few times a second, however many keys are unknown', async () => {
    const registry = await startRegistry();
    const before = store.asked;
    const startedAtMs = performance.now();
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 1000 }, () => registry.refresh()));
    }
    const allowed = (performance.now() - startedAtMs) / 250 + 1;
    expect(store.asked - before).toBeLessThanOrEqual(allowed);
  });

  it('trusts what it knows for a while without the database, and notices when it is back', async () => {
    const registry = await startRegistry();
    await createKey('known');
    await registry.reload();
    const admin = new pg.Client(process.env.TEST_POSTGRES_URL);
    await admin.connect();
    const name = new URL(testDatabase.url).pathname.slice(1);
    try {
      await admin.query(`alter database ${name} allow_connections false`);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      await until(() => !registry.current);
      expect(registry.find('known')).toBeDefined();
      clock.advance(59_000);
      expect(registry.trusted(clock.nowMs())).toBe(true);
      clock.advance(2_000);
      expect(registry.trusted(clock.nowMs())).toBe(false);
    } finally {
      await admin.query(`alter database ${name} allow_connections true`);
      await admin.end();
    }
    await until(() => registry.current);
    expect(registry.trusted(clock.nowMs())).toBe(true);
  });
});
