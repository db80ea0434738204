import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedOf } from '../../src/auth/key-seeder.js';
import { digestOf } from '../../src/auth/key-text.js';
import { SERVER } from '../../src/core/ports/audit.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { EventStore } from '../../src/core/ports/event-store.js';
import type { RecordCounter } from '../../src/core/ports/record-counter.js';
import { MINUTE_MS } from '../../src/core/time.js';
import { removedProjects } from '../../src/maintenance/jobs.js';
import { PostgresKeyStore } from '../../src/storage/postgres/accounts/postgres-key-store.js';
import { PostgresProjectStore } from '../../src/storage/postgres/accounts/postgres-project-store.js';
import { PostgresSessionStore } from '../../src/storage/postgres/accounts/postgres-session-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresAccessMaintenance } from '../../src/storage/postgres/maintenance/postgres-access-maintenance.js';
import { PostgresMaintenance } from '../../src/storage/postgres/maintenance/postgres-maintenance.js';
import { configOf } from '../support/config.js';
import { eventCounting, eventReader } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { newEvent } from '../support/new-event.js';
import { TestClock } from '../support/test-clock.js';

const never = new AbortController().signal;
const TABLES = ['events', 'event_totals', 'event_rollups', 'event_uniques'] as const;

let testDatabase: TestDatabase;
let database: Database;
let projects: PostgresProjectStore;
let keys: PostgresKeyStore;
let store: EventStore;
let counter: RecordCounter;
let maintenance: PostgresMaintenance;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf({ DB_MAX_CONNECTIONS: '12' }), testDatabase.url);
  projects = new PostgresProjectStore(database);
  keys = new PostgresKeyStore(database, new SystemClock());
  ({ store, counter } = eventCounting(database, new SystemClock()));
  maintenance = new PostgresMaintenance(database);
});

afterEach(() =>
  database.query.query(
    `truncate ${TABLES.join(', ')}, event_blocks, event_keys, api_keys, sessions, removed_projects;
     delete from projects where name <> 'default'`,
  ),
);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function countOf(table: string, projectId?: number): Promise<number> {
  const where = projectId === undefined ? '' : ` where project_id = ${projectId}`;
  const { rows } = await database.query.query<{ n: string }>(`select count(*) as n from ${table}${where}`);
  return Number(rows[0].n);
}

const rowsOf = async (projectId: number): Promise<number> =>
  (await Promise.all(TABLES.map((table) => countOf(table, projectId)))).reduce((sum, n) => sum + n, 0);

const count = () => counter.count({ now: Date.now() * 1000, maxNames: 100 });

const append = (projectId: number, count: number) =>
  store.append(
    Array.from({ length: count }, (_, n) =>
      newEvent({ projectId, userId: `u${n}`, sessionId: `s${n}`, durationMs: n, providerName: 'cdn' }),
    ),
  );

const sample = async (name = 'demo'): Promise<number> => (await projects.createSample(name, SERVER))!;

describe('ProjectStore', () => {
  it('makes a sample project, and none where there is one of the name', async () => {
    const id = await sample();
    expect(await projects.list()).toEqual(
      new Map([
        ['default', 1],
        ['demo', id],
      ]),
    );
    expect(await projects.createSample('demo', SERVER)).toBeNull();
    expect(await projects.createSample('default', SERVER)).toBeNull();
  });

  it('takes it away with its keys and their sessions, tells every process, and never gives its id again', async () => {
    const id = await sample();
    const { id: keyId } = await keys.create(seedOf('k', 'demo', ['query'], 'demo-key'), SERVER);
    const successor = { digest: digestOf('next'), prefix: 'n' };
    await keys.rotate(keyId, null, successor, Date.now() + MINUTE_MS, SERVER);
    await keys.create(seedOf('k', 'default', ['query'], 'default-key'), SERVER);
    const session = { digest: digestOf('token'), keyId, expiresAt: Date.now() + MINUTE_MS };
    await new PostgresSessionStore(database).begin(session, null, 10, SERVER);
    const before = await keys.version();
    expect(await projects.removeSample('demo', SERVER)).toBe(id);
    expect(await keys.version()).not.toBe(before);
    expect(await keys.changes(before)).toMatchObject({
      keys: new Map(),
      projectIds: [id],
      projects: new Map(),
    });
    const { keys: left, sessions, projects: known } = await keys.load();
    expect([...left.values()].map(({ project }) => project)).toEqual(['default']);
    expect([sessions, [...known.keys()]]).toEqual([[], ['default']]);
    expect(await projects.removeSample('demo', SERVER)).toBe('unknown');
    expect(await sample()).toBeGreaterThan(id);
  });

  it("leaves somebody's own project alone", async () => {
    await keys.create(seedOf('k', 'demo', ['query'], 'demo-key'), SERVER);
    expect(await projects.removeSample('demo', SERVER)).toBe('not sample');
    expect(await projects.removeSample('default', SERVER)).toBe('not sample');
    expect((await keys.load()).keys.size).toBe(1);
  });
});

describe('the events of a project', () => {
  it('are removed with their keys and all that counts them, and no others', async () => {
    const id = await sample();
    for (const project of [1, id]) await append(project, 20);
    await count();
    for (const project of [1, id]) await append(project, 20);
    const others = await rowsOf(1);
    await maintenance.removeProject(id);
    expect(await rowsOf(id)).toBe(0);
    expect([await rowsOf(1), await countOf('event_keys')]).toEqual([others, 40]);
    const reader = eventReader(database);
    expect(await reader.byEventId(id, 'again')).toBeNull();
    // its event_ids are free again
    const [again] = await store.append([newEvent({ projectId: id, eventId: 'again' })]);
    expect(again.outcome).toBe('stored');
  });

  it('do not come back, whatever is counted meanwhile and waits to be', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await sample(`demo-${round}`);
      for (let n = 0; n < 3; n++) await append(id, 50);
      const counting = count();
      await projects.removeSample(`demo-${round}`, SERVER);
      await Promise.all([counting, maintenance.removeProject(id), count(), count()]);
      await count();
      expect(await rowsOf(id)).toBe(0);
    }
  });

  it('are looked for again for a while, for what was on its way', async () => {
    const clock = new TestClock();
    const access = new PostgresAccessMaintenance(database);
    const config = configOf({ KEY_CACHE_STALE_SECONDS: '60' });
    const job = removedProjects({ events: maintenance, access, projects }, clock, config);
    const id = await sample();
    await projects.removeSample('demo', SERVER);
    await append(id, 10);
    await job.run(never);
    expect(await rowsOf(id)).toBe(0);
    clock.advance(9 * MINUTE_MS);
    await append(id, 10);
    await count();
    await job.run(never);
    expect([await rowsOf(id), (await projects.removed()).length]).toEqual([0, 1]);
    clock.advance(3 * MINUTE_MS);
    await job.run(never);
    expect(await projects.removed()).toEqual([]);
  });
});
