import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { KeyRegistry } from '../../src/auth/key-registry.js';
import { seedOf } from '../../src/auth/seeds.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresKeyStore } from '../../src/storage/postgres/keys/postgres-key-store.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const REVOKED_WITHIN_MS = 2_000;

let testDatabase: TestDatabase;
let database: Database;
let clock: TestClock;
let store: CountingStore;
let registries: KeyRegistry[];

/** Counts what the registries ask. */
class CountingStore extends PostgresKeyStore {
  asked = 0;

  override version(): Promise<number> {
    this.asked++;
    return super.version();
  }
}

async function startRegistry(): Promise<KeyRegistry> {
  const registry = new KeyRegistry(store, clock, configOf({ KEY_CACHE_STALE_SECONDS: '60' }));
  registries.push(registry);
  await registry.onModuleInit();
  return registry;
}

async function createKey(text: string): Promise<string> {
  return (await store.create(seedOf(text, 'default', ['ingest'], text))).id;
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
  await database.close();
});

afterAll(() => testDatabase.drop());

describe('KeyRegistry', () => {
  it('knows a new key as soon as it is asked for, and loses a revoked one within 2 s, in every process', async () => {
    const [one, two] = [await startRegistry(), await startRegistry()];
    const id = await createKey('everywhere');
    for (const registry of [one, two]) {
      if (!registry.find('everywhere')) await registry.refresh();
      expect(registry.find('everywhere')?.project).toBe('default');
    }
    const revokedAtMs = performance.now();
    await store.revoke(id, null);
    await until(() => [one, two].every((registry) => registry.find('everywhere') === undefined));
    expect(performance.now() - revokedAtMs).toBeLessThan(REVOKED_WITHIN_MS);
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
