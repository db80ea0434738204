import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/auth/key-text.js';
import type { KeyStore, NewKey } from '../../src/core/key-store.js';
import { SystemClock } from '../../src/core/clock.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresKeyStore } from '../../src/storage/postgres/keys/postgres-key-store.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const HOUR_MS = 3_600_000;

let testDatabase: TestDatabase;
let database: Database;
let store: KeyStore;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), testDatabase.url);
  store = new PostgresKeyStore(database, new SystemClock());
});

afterEach(() =>
  database.query.query(`truncate api_keys, sessions; delete from projects where name <> 'default'`),
);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

let made = 0;

function keyOf(key: Partial<NewKey> = {}): NewKey {
  const text = `key-${(made += 1)}`;
  return {
    name: text,
    project: 'default',
    scopes: ['ingest', 'query'],
    digest: digestOf(text),
    prefix: text.slice(0, 3),
    expiresAt: null,
    rateLimitPerMinute: null,
    selfRotate: false,
    ...key,
  };
}

const successorOf = (text: string) => ({ digest: digestOf(text), prefix: 'suc' });

async function raises(change: () => Promise<unknown>): Promise<boolean> {
  const before = await store.version();
  await change();
  return (await store.version()) > before;
}

describe('KeyStore', () => {
  it('gives back what was made, and makes its project', async () => {
    const expiresAt = Date.now() + HOUR_MS;
    const key = await store.create(
      keyOf({
        name: 'n',
        project: 'shop',
        scopes: ['admin'],
        expiresAt,
        rateLimitPerMinute: 0.5,
        selfRotate: true,
      }),
    );
    expect(key).toMatchObject({
      name: 'n',
      project: 'shop',
      scopes: ['admin'],
      expiresAt,
      revokedAt: null,
      rateLimitPerMinute: 0.5,
      selfRotate: true,
      successorId: null,
      usageCount: 0,
      lastUsedAt: null,
    });
    expect(Math.abs(key.createdAt - Date.now())).toBeLessThan(10_000);
    expect((await store.load()).projects.get('shop')).toBe(key.projectId);
  });

  it('loads what may be honoured, by digest', async () => {
    const live = keyOf();
    await store.create(live);
    const revoked = await store.create(keyOf());
    await store.revoke(revoked.id, null);
    await store.create(keyOf({ expiresAt: Date.now() - 48 * HOUR_MS }));
    const { keys, version } = await store.load();
    expect([...keys.keys()]).toEqual([live.digest]);
    expect(version).toBe(await store.version());
  });

  it('raises the version with every change, and with nothing else', async () => {
    const seed = keyOf();
    const { id } = await store.create(keyOf());
    expect(await raises(() => store.create(keyOf()))).toBe(true);
    expect(await raises(() => store.seed(seed))).toBe(true);
    expect(await raises(() => store.seed(seed))).toBe(false);
    expect(await raises(() => store.rotate(id, null, successorOf('r1'), Date.now()))).toBe(true);
    expect(await raises(() => store.revoke(id, null))).toBe(true);
    expect(await raises(() => store.addUse([{ id, count: 1, lastUsedAt: Date.now() }]))).toBe(false);
    expect(await raises(() => store.list(null))).toBe(false);
  });

  it('lists the keys of one project or of all, oldest first', async () => {
    const keys = [
      await store.create(keyOf()),
      await store.create(keyOf({ project: 'shop' })),
      await store.create(keyOf()),
    ];
    expect((await store.list(null)).map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
    expect((await store.list('shop')).map(({ id }) => id)).toEqual([keys[1].id]);
    expect(await store.list('nobody')).toEqual([]);
  });

  it('revokes within a project, and keeps the first time', async () => {
    const { id } = await store.create(keyOf({ project: 'shop' }));
    expect(await store.revoke(id, 'default')).toBeNull();
    const first = await store.revoke(id, 'shop');
    const again = await store.revoke(id, null);
    expect(first?.revokedAt).not.toBeNull();
    expect(again?.revokedAt).toBe(first?.revokedAt);
    expect(await store.revoke('00000000-0000-4000-8000-000000000000', null)).toBeNull();
  });

  it('rotates: the successor has the same rights, the old key expires', async () => {
    const expiresAt = Date.now() + 100 * HOUR_MS;
    const old = await store.create(
      keyOf({ project: 'shop', scopes: ['query'], expiresAt, rateLimitPerMinute: 7, selfRotate: true }),
    );
    const graceEnds = Date.now() + HOUR_MS;
    const successor = await store.rotate(old.id, 'shop', successorOf('r2'), graceEnds);
    expect(successor).toMatchObject({
      name: old.name,
      project: 'shop',
      scopes: ['query'],
      expiresAt,
      rateLimitPerMinute: 7,
      selfRotate: true,
    });
    const [listed] = await store.list('shop');
    expect(listed).toMatchObject({
      id: old.id,
      expiresAt: graceEnds,
      successorId: (successor as { id: string }).id,
    });
  });

  it('never lets rotation put off an expiry', async () => {
    const expiresAt = Date.now() + HOUR_MS;
    const { id } = await store.create(keyOf({ expiresAt }));
    await store.rotate(id, null, successorOf('r3'), expiresAt + 72 * HOUR_MS);
    expect((await store.list(null)).map((key) => key.expiresAt)).toEqual([expiresAt, expiresAt]);
  });

  it('rotates a key once, however many ask at once', async () => {
    const { id } = await store.create(keyOf());
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((text) =>
        store.rotate(id, null, successorOf(`once-${text}`), Date.now() + HOUR_MS),
      ),
    );
    expect(answers.filter((answer) => answer === 'spent').length).toBe(3);
    expect((await store.list(null)).length).toBe(2);
  });

  it('does not rotate what is unknown, revoked or expired', async () => {
    const revoked = await store.create(keyOf());
    await store.revoke(revoked.id, null);
    const expired = await store.create(keyOf({ expiresAt: Date.now() - 1 }));
    const rotate = (id: string, project: string | null = null) =>
      store.rotate(id, project, successorOf('no'), Date.now());
    expect(await rotate(revoked.id)).toBe('spent');
    expect(await rotate(expired.id)).toBe('spent');
    expect(await rotate(expired.id, 'shop')).toBe('unknown');
  });

  it('seeds a digest once, and does not revive it', async () => {
    const seed = keyOf();
    await Promise.all([store.seed(seed), store.seed(seed), store.seed(seed)]);
    const [{ id }] = await store.list(null);
    await store.revoke(id, null);
    await store.seed(seed);
    const keys = await store.list(null);
    expect(keys.length).toBe(1);
    expect((await store.byDigest(seed.digest))?.revokedAt).not.toBeNull();
  });

  it('makes a first key once for all processes, and none where there are keys', async () => {
    const answers = await Promise.all([keyOf(), keyOf(), keyOf()].map((key) => store.seedFirst(key)));
    expect(answers.filter(Boolean).length).toBe(1);
    expect((await store.list(null)).length).toBe(1);
    expect(await store.seedFirst(keyOf())).toBe(false);
  });

  it('adds use, from many processes at once', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await store.create(keyOf())).id));
    const usesOf = (order: string[], lastUsedAt: number) => order.map((id) => ({ id, count: 2, lastUsedAt }));
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        store.addUse(usesOf(i % 2 ? ids : [...ids].reverse(), 1_000_000 + i)),
      ),
    );
    const listed = await store.list(null);
    expect(listed.map(({ usageCount, lastUsedAt }) => [usageCount, lastUsedAt])).toEqual(
      ids.map(() => [20, 1_000_009]),
    );
    await store.addUse(usesOf([ids[0]], 5));
    expect((await store.list(null))[0].lastUsedAt).toBe(1_000_009);
  });
});
