import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/auth/key-text.js';
import { SERVER } from '../../src/core/ports/audit.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { KeyPage, KeyPosition, KeyStore, ListedKey, NewKey } from '../../src/core/ports/key-store.js';
import { HOUR_MS } from '../../src/core/time.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

let testDatabase: TestDatabase;
let database: Database;
let store: KeyStore;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), testDatabase.url);
  store = new PostgresKeyStore(database, new SystemClock());
});

afterEach(() =>
  database.query.query(
    `truncate api_keys, sessions, audit_log; delete from projects where name <> 'default'`,
  ),
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

const create = (key: NewKey) => store.create(key, SERVER);
const list = async (project: string | null): Promise<ListedKey[]> =>
  (await store.list(project, 1000, null)).keys;
const successorOf = (text: string) => ({ digest: digestOf(text), prefix: 'suc' });

async function raises(change: () => Promise<unknown>): Promise<boolean> {
  const before = await store.version();
  await change();
  return (await store.version()) !== before;
}

describe('KeyStore', () => {
  it('gives back what was made, and makes its project', async () => {
    const startedMs = Date.now();
    const expiresAt = startedMs + HOUR_MS;
    const key = await create(
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
    expect(key.createdAt).toBeGreaterThanOrEqual(startedMs);
    expect(key.createdAt).toBeLessThanOrEqual(Date.now());
    expect((await store.load()).projects.get('shop')).toBe(key.projectId);
  });

  it('loads what may be honoured, by digest', async () => {
    const live = keyOf();
    await create(live);
    const revoked = await create(keyOf());
    await store.revoke(revoked.id, null, SERVER);
    await create(keyOf({ expiresAt: Date.now() - 48 * HOUR_MS }));
    const { keys, version } = await store.load();
    expect([...keys.keys()]).toEqual([live.digest]);
    expect(version).toBe(await store.version());
  });

  it('raises the version with every change, and with nothing else', async () => {
    const seed = keyOf();
    const { id } = await create(keyOf());
    expect(await raises(() => create(keyOf()))).toBe(true);
    expect(await raises(() => store.seed(seed))).toBe(true);
    expect(await raises(() => store.seed(seed))).toBe(false);
    expect(await raises(() => store.rotate(id, null, successorOf('r1'), Date.now(), SERVER))).toBe(true);
    expect(await raises(() => store.revoke(id, null, SERVER))).toBe(true);
    expect(await raises(() => store.addUse([{ id, count: 1, lastUsedAt: Date.now() }]))).toBe(false);
    expect(await raises(() => list(null))).toBe(false);
  });

  it('tells what changed since a version: only that, whatever it was', async () => {
    const [kept, gone, old] = [keyOf(), keyOf(), keyOf()];
    await create(kept);
    const { id: goneId } = await create(gone);
    const { id: oldId } = await create(old);
    const since = await store.version();
    expect(await store.changes(since)).toMatchObject({ version: since, keyIds: [], sessionDigests: [] });
    await store.revoke(goneId, null, SERVER);
    const successor = successorOf('next');
    const { id: nextId } = (await store.rotate(
      oldId,
      null,
      successor,
      Date.now() + HOUR_MS,
      SERVER,
    )) as ListedKey;
    const made = keyOf({ project: 'shop' });
    const { projectId, id: madeId } = await create(made);
    const changes = (await store.changes(since))!;
    expect(changes.version).toBe(await store.version());
    expect(new Set(changes.keyIds)).toEqual(new Set([goneId, oldId, nextId, madeId]));
    expect(new Set(changes.keys.keys())).toEqual(new Set([old.digest, successor.digest, made.digest]));
    expect(changes.projects).toEqual(new Map([['shop', projectId]]));
  });

  it('does not know what changed where the history is another, or a process of an older release wrote in it', async () => {
    await create(keyOf());
    const since = await store.version();
    const sql = (text: string) => database.query.query(text);
    const backup = await sql('select * from key_changes order by version desc limit 1');
    await sql('update api_key_version set version = version - 1');
    await sql(`delete from key_changes where version = ${backup.rows[0].version}`);
    expect(await store.changes(since)).toBeNull();
    await create(keyOf());
    expect(await store.version()).not.toBe(since);
    expect(await store.changes(since)).toBeNull();
    const later = await store.version();
    await create(keyOf());
    expect(await store.changes(later)).not.toBeNull();
    await sql('update api_key_version set version = version + 1');
    expect(await store.changes(later)).toBeNull();
    await create(keyOf());
    expect(await store.changes(later)).toBeNull();
  });

  it('keeps a bounded number of changes', async () => {
    await create(keyOf());
    const since = await store.version();
    await database.query.query(
      `with raised as (update api_key_version set version = version + 5000 returning version)
       insert into key_changes (version) select v from raised, generate_series(version - 4999, version) as v`,
    );
    await create(keyOf());
    const { rows } = await database.query.query<{ n: string }>('select count(*) as n from key_changes');
    expect(Number(rows[0].n)).toBe(1000);
    expect(await store.changes(since)).toBeNull();
  });

  it('pages through the keys of a project: each once, while others are made', async () => {
    const made = [];
    for (let n = 0; n < 7; n++) made.push((await create(keyOf({ project: 'shop' }))).id);
    await database.query.query('update api_keys set created_at = now()');
    const seen: string[] = [];
    let after: KeyPosition | null = null;
    do {
      const page: KeyPage = await store.list('shop', 3, after);
      expect(page.keys.length).toBeLessThanOrEqual(3);
      seen.push(...page.keys.map(({ id }) => id));
      after = page.next;
      await create(keyOf());
    } while (after !== null);
    expect(seen).toEqual([...made].sort());
    expect((await store.list('shop', 7, null)).next).toBeNull();
  });

  it('lists the keys of one project or of all, oldest first', async () => {
    const keys = [await create(keyOf()), await create(keyOf({ project: 'shop' })), await create(keyOf())];
    expect((await list(null)).map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
    expect((await list('shop')).map(({ id }) => id)).toEqual([keys[1].id]);
    expect(await list('nobody')).toEqual([]);
  });

  it('revokes within a project, and keeps the first time', async () => {
    const { id } = await create(keyOf({ project: 'shop' }));
    expect(await store.revoke(id, 'default', SERVER)).toBeNull();
    const first = await store.revoke(id, 'shop', SERVER);
    const again = await store.revoke(id, null, SERVER);
    expect(first?.revokedAt).not.toBeNull();
    expect(again?.revokedAt).toBe(first?.revokedAt);
    expect(await store.revoke('00000000-0000-4000-8000-000000000000', null, SERVER)).toBeNull();
  });

  it('rotates: the successor has the same rights, the old key expires', async () => {
    const expiresAt = Date.now() + 100 * HOUR_MS;
    const old = await create(
      keyOf({ project: 'shop', scopes: ['query'], expiresAt, rateLimitPerMinute: 7, selfRotate: true }),
    );
    const graceEnds = Date.now() + HOUR_MS;
    const successor = await store.rotate(old.id, 'shop', successorOf('r2'), graceEnds, SERVER);
    expect(successor).toMatchObject({
      name: old.name,
      project: 'shop',
      scopes: ['query'],
      expiresAt,
      rateLimitPerMinute: 7,
      selfRotate: true,
    });
    const [listed] = await list('shop');
    expect(listed).toMatchObject({
      id: old.id,
      expiresAt: graceEnds,
      successorId: (successor as { id: string }).id,
    });
  });

  it('never lets rotation put off an expiry', async () => {
    const expiresAt = Date.now() + HOUR_MS;
    const { id } = await create(keyOf({ expiresAt }));
    await store.rotate(id, null, successorOf('r3'), expiresAt + 72 * HOUR_MS, SERVER);
    expect((await list(null)).map((key) => key.expiresAt)).toEqual([expiresAt, expiresAt]);
  });

  it('rotates a key once, however many ask at once', async () => {
    const { id } = await create(keyOf());
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((text) =>
        store.rotate(id, null, successorOf(`once-${text}`), Date.now() + HOUR_MS, SERVER),
      ),
    );
    expect(answers.filter((answer) => answer === 'spent').length).toBe(3);
    expect((await list(null)).length).toBe(2);
  });

  it('does not rotate what is unknown, revoked or expired', async () => {
    const revoked = await create(keyOf());
    await store.revoke(revoked.id, null, SERVER);
    const expired = await create(keyOf({ expiresAt: Date.now() - 1 }));
    const rotate = (id: string, project: string | null = null) =>
      store.rotate(id, project, successorOf('no'), Date.now(), SERVER);
    expect(await rotate(revoked.id)).toBe('spent');
    expect(await rotate(expired.id)).toBe('spent');
    expect(await rotate(expired.id, 'shop')).toBe('unknown');
  });

  it('seeds a digest once, and does not revive it', async () => {
    const seed = keyOf();
    await Promise.all([store.seed(seed), store.seed(seed), store.seed(seed)]);
    const [{ id }] = await list(null);
    await store.revoke(id, null, SERVER);
    await store.seed(seed);
    const keys = await list(null);
    expect(keys.length).toBe(1);
    expect((await store.byDigest(seed.digest))?.revokedAt).not.toBeNull();
  });

  it('makes a first key once for all processes, and none where there are keys', async () => {
    const answers = await Promise.all([keyOf(), keyOf(), keyOf()].map((key) => store.seedFirst(key)));
    expect(answers.filter(Boolean).length).toBe(1);
    expect((await list(null)).length).toBe(1);
    expect(await store.seedFirst(keyOf())).toBe(false);
  });

  it('adds use, from many processes at once', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await create(keyOf())).id));
    const usesOf = (order: string[], lastUsedAt: number) => order.map((id) => ({ id, count: 2, lastUsedAt }));
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        store.addUse(usesOf(i % 2 ? ids : [...ids].reverse(), 1_000_000 + i)),
      ),
    );
    const listed = await list(null);
    expect(listed.map(({ usageCount, lastUsedAt }) => [usageCount, lastUsedAt])).toEqual(
      ids.map(() => [20, 1_000_009]),
    );
    await store.addUse(usesOf([ids[0]], 5));
    expect((await list(null))[0].lastUsedAt).toBe(1_000_009);
  });
});
