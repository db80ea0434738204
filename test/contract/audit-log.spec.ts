import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RefusalLog } from '../../src/audit/refusal-log.js';
import { seedOf } from '../../src/auth/key-seeder.js';
import { digestOf } from '../../src/auth/key-text.js';
import type {
  Actor,
  AuditEntry,
  AuditFilter,
  AuditPage,
  AuditPosition,
  Refusal,
} from '../../src/core/ports/audit.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { ListedKey } from '../../src/core/ports/key-store.js';
import { DAY_MS, HOUR_MS } from '../../src/core/time.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { PostgresProjectStore } from '../../src/storage/postgres/accounts/postgres-project-store.js';
import { PostgresSessionStore } from '../../src/storage/postgres/accounts/postgres-session-store.js';
import { PostgresAuditStore } from '../../src/storage/postgres/audit/postgres-audit-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const never = new AbortController().signal;
const ADMIN: Actor = {
  kind: 'key',
  key: { id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11', name: 'operator', prefix: 'sl_4fK2Zq' },
  user: null,
  address: '203.0.113.9',
};
const SHELL: Actor = { kind: 'cli', key: null, user: 'root', address: null };

let testDatabase: TestDatabase;
let database: Database;
let keys: PostgresKeyStore;
let sessions: PostgresSessionStore;
let projects: PostgresProjectStore;
let audit: PostgresAuditStore;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), testDatabase.url);
  keys = new PostgresKeyStore(database, new SystemClock());
  sessions = new PostgresSessionStore(database);
  projects = new PostgresProjectStore(database);
  audit = new PostgresAuditStore(database);
});

afterEach(() =>
  database.query.query(
    `truncate api_keys, sessions, audit_log, removed_projects; delete from projects where name <> 'default'`,
  ),
);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const all = async (filter: AuditFilter = {}): Promise<AuditEntry[]> =>
  (await audit.page(filter, 1000, null)).entries;
/** Oldest first. */
const actions = async (filter: AuditFilter = {}): Promise<string[]> =>
  (await all(filter)).map(({ action }) => action).reverse();
const create = (text: string, project = 'default', actor = ADMIN): Promise<ListedKey> =>
  keys.create(seedOf(text, project, ['query'], text), actor);
const session = (text: string, keyId: string) => ({
  digest: digestOf(text),
  keyId,
  expiresAt: Date.now() + HOUR_MS,
});
const refusal = (n: number, address = `198.51.100.${n}`): Refusal => ({
  action: 'log_in',
  actor: { kind: 'anonymous', key: null, user: null, address },
  atMs: Date.now(),
  project: null,
  target: null,
  details: { status: 401 },
});

describe('changes', () => {
  it('are recorded with who made them, what they were and of which project', async () => {
    const made = await create('one', 'shop', SHELL);
    const next = await keys.rotate(
      made.id,
      null,
      { digest: digestOf('two'), prefix: 'tw' },
      Date.now(),
      ADMIN,
    );
    const { id } = next as ListedKey;
    await keys.revoke(id, null, ADMIN);
    await projects.createSample('demo', ADMIN);
    await projects.removeSample('demo', ADMIN);
    expect(await actions()).toEqual([
      'project.create',
      'key.create',
      'key.rotate',
      'key.revoke',
      'project.create',
      'project.remove',
    ]);
    const [, , revoked, rotated, created] = await all();
    expect(created).toMatchObject({
      outcome: 'success',
      actor: SHELL,
      project: 'shop',
      target: made.id,
      details: { name: 'one', prefix: made.prefix, scopes: ['query'] },
    });
    expect(rotated).toMatchObject({ actor: ADMIN, target: made.id, details: { successor_id: id } });
    expect(revoked).toMatchObject({ actor: ADMIN, target: id, project: 'shop' });
    expect(JSON.stringify(await all())).not.toContain(digestOf('one'));
  });

  it('that did not happen are not there, and none happens without', async () => {
    const { id } = await create('one');
    await keys.revoke(id, null, ADMIN);
    await keys.revoke(id, null, ADMIN);
    await keys.rotate(id, null, { digest: digestOf('x'), prefix: 'x' }, Date.now(), ADMIN);
    await sessions.begin(session('late', id), null, 10, ADMIN);
    await sessions.end(digestOf('nothing'), ADMIN);
    expect(await actions()).toEqual(['key.create', 'key.revoke']);
    await database.query.query('alter table audit_log add constraint full_up check (id < 0) not valid');
    try {
      await expect(create('two')).rejects.toThrow('full_up');
      expect((await keys.list(null, 10, null)).keys.map((key) => key.id)).toEqual([id]);
    } finally {
      await database.query.query('alter table audit_log drop constraint full_up');
    }
  });

  it('record log-ins and log-outs, and count those of a script rather than filling the table', async () => {
    const { id } = await create('one');
    const actor: Actor = { ...ADMIN, key: { ...ADMIN.key!, id } };
    for (let n = 0; n < 25; n++) await sessions.begin(session(`s${n}`, id), null, 100, actor);
    await sessions.end(digestOf('s0'), actor);
    await sessions.begin(session('elsewhere', id), null, 100, { ...actor, address: '203.0.113.10' });
    const logIns = await all({ action: 'log_in' });
    expect(logIns.map(({ actor: { address }, details }) => [address, details.folded ?? 0])).toEqual([
      ['203.0.113.10', 0],
      ['203.0.113.9', 15],
      ...Array.from({ length: 9 }, () => ['203.0.113.9', 0]),
    ]);
    expect((await all({ action: 'log_out' })).length).toBe(1);
  });
});

describe('the log', () => {
  it('is narrowed by action, actor, project and time', async () => {
    const made = await create('one', 'shop', SHELL);
    await keys.revoke(made.id, null, ADMIN);
    await audit.addRefusals([refusal(1)]);
    expect(await actions({ action: 'key.revoke' })).toEqual(['key.revoke']);
    for (const actor of [ADMIN.key!.id, 'operator', 'sl_4fK2Zq', 'key'])
      expect(await actions({ actor })).toEqual(['key.revoke']);
    for (const actor of ['root', 'cli'])
      expect(await actions({ actor })).toEqual(['project.create', 'key.create']);
    expect(await actions({ actor: 'anonymous' })).toEqual(['log_in']);
    expect(await actions({ project: 'shop' })).toEqual(['project.create', 'key.create', 'key.revoke']);
    const hour = (offset: number) => (Date.now() + offset * HOUR_MS) * 1000;
    expect((await actions({ from: hour(-1), to: hour(1) })).length).toBe(4);
    expect(await actions({ from: hour(1) })).toEqual([]);
    expect(await actions({ to: hour(-1) })).toEqual([]);
  });

  it('is paged through: each entry once, also where many share one time', async () => {
    await audit.addRefusals(Array.from({ length: 10 }, (_, n) => ({ ...refusal(n), atMs: 1_000 })));
    await audit.addRefusals([refusal(99)]);
    const seen: number[] = [];
    let after: AuditPosition | null = null;
    do {
      const page: AuditPage = await audit.page({}, 4, after);
      seen.push(...page.entries.map(({ id }) => id));
      after = page.next;
      await audit.addRefusals([refusal(5)]);
    } while (after !== null);
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    expect(new Set(seen).size).toBe(11);
  });

  it('is pruned by age', async () => {
    const aged = (days: number) => ({ ...refusal(days), atMs: Date.now() - days * DAY_MS });
    await audit.addRefusals([aged(400), aged(366), aged(364), aged(0)]);
    await audit.prune(Date.now() - 365 * DAY_MS, never);
    expect((await all()).map(({ actor }) => actor.address)).toEqual(['198.51.100.0', '198.51.100.364']);
  });
});

describe('refusals', () => {
  it('are written at once, and a flood is counted: by address, and beyond a few together', async () => {
    const clock = new TestClock();
    const log = new RefusalLog(audit, clock);
    log.add(refusal(1));
    await until(async () => (await all()).length === 1);
    for (let n = 0; n < 500; n++) log.add(refusal(1));
    for (let n = 0; n < 500; n++) log.add(refusal(0, `198.51.${n >> 8}.${n & 255}`));
    await log.onApplicationShutdown();
    const entries = (await all()).map(({ actor, details }) => [actor.address, Number(details.folded ?? 0)]);
    expect(entries.length).toBe(7);
    expect(entries).toContainEqual(['198.51.100.1', 499]);
    expect(entries).toContainEqual([null, 495]);
    expect(entries.reduce((sum, [, folded]) => sum + 1 + Number(folded), 0)).toBe(1001);
  });

  it('wait where the database does not take them', async () => {
    const log = new RefusalLog(audit, new TestClock());
    await database.query.query('alter table audit_log add constraint full_up check (id < 0) not valid');
    log.add(refusal(1));
    log.add(refusal(1));
    await log.onApplicationShutdown();
    await database.query.query('alter table audit_log drop constraint full_up');
    expect(await all()).toEqual([]);
    await log.onApplicationShutdown();
    expect((await all()).map(({ details }) => details)).toEqual([{ status: 401, folded: 1 }]);
  });
});
