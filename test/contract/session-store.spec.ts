import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedOf } from '../../src/auth/key-seeder.js';
import { digestOf } from '../../src/auth/key-text.js';
import { SERVER, type Actor } from '../../src/core/ports/audit.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { KeyStore } from '../../src/core/ports/key-store.js';
import type { NewSession, SessionStore } from '../../src/core/ports/session-store.js';
import { HOUR_MS } from '../../src/core/time.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { PostgresSessionStore } from '../../src/storage/postgres/accounts/postgres-session-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const MAX = 3;
const BY: Actor = {
  kind: 'key',
  key: { id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11', name: 'analyst', prefix: 'sl_abc' },
  user: null,
  address: '203.0.113.9',
};

let testDatabase: TestDatabase;
let database: Database;
let keys: KeyStore;
let sessions: SessionStore;
let made = 0;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), testDatabase.url);
  keys = new PostgresKeyStore(database, new SystemClock());
  sessions = new PostgresSessionStore(database);
});

afterEach(() => database.query.query('truncate api_keys, sessions, audit_log'));

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function createKey(): Promise<string> {
  const text = `key-${(made += 1)}`;
  return (await keys.create(seedOf(text, 'default', ['query'], text), SERVER)).id;
}

/** `lastsMs` from now on. */
async function begin(keyId: string, lastsMs = HOUR_MS, previous: string | null = null): Promise<NewSession> {
  const session = { digest: digestOf(`token-${(made += 1)}`), keyId, expiresAt: Date.now() + lastsMs };
  expect(await sessions.begin(session, previous, MAX, BY)).toBe(true);
  return session;
}

const known = async (): Promise<NewSession[]> => (await keys.load()).sessions;
const rowCount = async (): Promise<number> =>
  Number((await database.query.query<{ n: string }>('select count(*) as n from sessions')).rows[0].n);

async function raises(change: () => Promise<unknown>): Promise<boolean> {
  const before = await keys.version();
  await change();
  return (await keys.version()) !== before;
}

describe('SessionStore', () => {
  it('gives what was begun to every process, and what was ended to none', async () => {
    const keyId = await createKey();
    const [one, two] = [await begin(keyId), await begin(keyId)];
    const byDigest = (a: NewSession, b: NewSession) => (a.digest < b.digest ? -1 : 1);
    expect((await known()).sort(byDigest)).toEqual([one, two].sort(byDigest));
    await sessions.end(one.digest, BY);
    await sessions.end(one.digest, BY);
    expect(await known()).toEqual([two]);
  });

  it('tells what was begun and ended since a version', async () => {
    const keyId = await createKey();
    const old = await begin(keyId);
    const since = await keys.version();
    const first = await begin(keyId, HOUR_MS, old.digest);
    const second = await begin(keyId);
    await sessions.end(second.digest, BY);
    const changes = (await keys.changes(since))!;
    expect(new Set(changes.sessionDigests)).toEqual(new Set([old.digest, first.digest, second.digest]));
    expect(changes.sessions).toEqual([first]);
    expect(changes.keyIds).toEqual([]);
  });

  it('raises the version where what a process must know changes', async () => {
    const keyId = await createKey();
    const session = { digest: digestOf('one'), keyId, expiresAt: Date.now() + HOUR_MS };
    expect(await raises(() => sessions.begin(session, null, MAX, BY))).toBe(true);
    expect(await raises(() => sessions.end(session.digest, BY))).toBe(true);
    expect(await raises(() => sessions.prune())).toBe(false);
  });

  it('ends the session that a new one takes the place of', async () => {
    const keyId = await createKey();
    const first = await begin(keyId);
    const second = await begin(keyId, HOUR_MS, first.digest);
    expect(await known()).toEqual([second]);
  });

  it('leaves a key so many, those that last longest, and other keys theirs', async () => {
    const [keyId, otherId] = [await createKey(), await createKey()];
    const other = await begin(otherId);
    await begin(keyId, HOUR_MS);
    const longer = [];
    for (let n = 1; n <= MAX; n++) longer.push(await begin(keyId, (n + 1) * HOUR_MS));
    expect(new Set((await known()).map(({ digest }) => digest))).toEqual(
      new Set([other, ...longer].map(({ digest }) => digest)),
    );
  });

  it('leaves a key so many, however many are begun at once', async () => {
    const keyId = await createKey();
    await Promise.all(Array.from({ length: 20 }, () => begin(keyId)));
    expect(await rowCount()).toBe(MAX);
  });

  it('begins none for a key that is revoked or unknown', async () => {
    const keyId = await createKey();
    await keys.revoke(keyId, null, SERVER);
    const session = { digest: digestOf('late'), expiresAt: Date.now() + HOUR_MS };
    expect(await sessions.begin({ ...session, keyId }, null, MAX, BY)).toBe(false);
    const nobody = '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11';
    expect(await sessions.begin({ ...session, keyId: nobody }, null, MAX, BY)).toBe(false);
    expect(await rowCount()).toBe(0);
  });

  it('does not give out, and removes, what has expired', async () => {
    const keyId = await createKey();
    await begin(keyId, -1);
    const live = await begin(keyId);
    expect(await known()).toEqual([live]);
    expect(await rowCount()).toBe(2);
    await sessions.prune();
    expect(await rowCount()).toBe(1);
  });

  it('goes with its key', async () => {
    const keyId = await createKey();
    await begin(keyId);
    await database.query.query('delete from api_keys');
    expect(await rowCount()).toBe(0);
  });
});
