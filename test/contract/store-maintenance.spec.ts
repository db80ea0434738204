import { Counter } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccessStore } from '../../src/core/ports/access-store.js';
import type { EventStats } from '../../src/core/ports/event-stats.js';
import type { EventStore } from '../../src/core/ports/event-store.js';
import type { NewEvent } from '../../src/core/records/event.js';
import { DAY_MS } from '../../src/core/time.js';
import { FoldedNames } from '../../src/maintenance/folded-names.js';
import { jobsOf, type MaintainedStores } from '../../src/maintenance/jobs.js';
import { MaintenanceScheduler } from '../../src/maintenance/scheduler.js';
import { PostgresProjectStore } from '../../src/storage/postgres/accounts/postgres-project-store.js';
import { PostgresSessionStore } from '../../src/storage/postgres/accounts/postgres-session-store.js';
import { PostgresAuditStore } from '../../src/storage/postgres/audit/postgres-audit-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresDeadLetterStore } from '../../src/storage/postgres/dead-letters/postgres-dead-letter-store.js';
import { PostgresAccessMaintenance } from '../../src/storage/postgres/maintenance/postgres-access-maintenance.js';
import { PostgresMaintenance } from '../../src/storage/postgres/maintenance/postgres-maintenance.js';
import { partitionDays } from '../../src/storage/postgres/partitions.js';
import { postgresAccessProcess } from '../support/access-stores-postgres.js';
import { newAccessEntry } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { eventCounting } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { TestClock } from '../support/test-clock.js';
import { SOON_MS, until } from '../support/until.js';

const NOW_MS = Date.parse('2026-11-03T10:17:23.123Z');
const clock = new TestClock(NOW_MS);
const never = new AbortController().signal;

let server: TestDatabase;
let database: Database;
let store: EventStore;
let stats: EventStats;
let maintenance: PostgresMaintenance;
let accessStore: AccessStore;
let stores: MaintainedStores;
let folded: FoldedNames;

beforeAll(async () => {
  server = await cloneDatabase();
  database = await Database.connect(configOf({ DB_MAX_CONNECTIONS: '12' }), server.url);
  const counting = eventCounting(database, clock);
  ({ store, stats } = counting);
  maintenance = new PostgresMaintenance(database);
  const access = postgresAccessProcess(database);
  accessStore = access.store;
  stores = {
    events: maintenance,
    access: new PostgresAccessMaintenance(database),
    eventCounter: counting.counter,
    accessCounter: access.counter,
    addresses: access.addresses,
    projects: new PostgresProjectStore(database),
    sessions: new PostgresSessionStore(database),
    audit: new PostgresAuditStore(database),
    deadLetters: new PostgresDeadLetterStore(database),
  };
  const counter = new Counter({ name: 'folded', help: 'folded', labelNames: ['dimension'], registers: [] });
  folded = new FoldedNames(counter, stores.projects);
});

afterEach(() =>
  database.query
    .query(`truncate maintenance_jobs, events, event_keys, event_totals, event_rollups, event_uniques,
    event_blocks, access_logs, access_totals, access_rollups, access_uniques, access_blocks, access_hours, ip_addresses, ip_counts`),
);

afterAll(async () => {
  await database.close();
  await server.drop();
});

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

function eventOf(eventId: string, receivedMs: number, agoMs = 0): NewEvent {
  return {
    projectId: 1,
    eventId,
    eventType: 'error',
    eventName: 'crash',
    timestamp: (receivedMs - agoMs) * 1000,
    reportedTimestamp: null,
    createdAt: receivedMs * 1000,
    properties: '{}',
    deviceInfo: '{}',
    durationMs: 12,
    providerName: 'p',
    userId: 'u',
    sessionId: 's',
    appVersion: '1',
    sequenceNumber: null,
    priority: 'high',
  };
}

async function countOf(table: string, where = 'true'): Promise<number> {
  const { rows } = await database.query.query<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where}`,
  );
  return rows[0].n;
}

describe('retention', () => {
  const old = NOW_MS - 100 * DAY_MS;
  const tables = ['event_totals', 'event_rollups', 'event_uniques', 'event_pending'];

  async function fill(): Promise<void> {
    await store.append([eventOf('old', old), eventOf('new', NOW_MS - DAY_MS)]);
    await stores.eventCounter.count({ now: NOW_MS * 1000, maxNames: 100 });
    // received on a day that stays, of a time in the day that goes: stays. And one that is not counted yet.
    await store.append([eventOf('late', NOW_MS, NOW_MS - old), eventOf('old and not counted', old + 1)]);
  }

  it('drops whole days of receipt with their keys and all that counts them', async () => {
    await fill();
    expect(await maintenance.dropDaysBefore(day(NOW_MS - 90 * DAY_MS), never)).toEqual([day(old)]);
    expect(await partitionDays(database.query, 'events')).not.toContain(day(old));
    for (const table of tables) expect(await countOf(table, `day = '${day(old)}'`)).toBe(0);
    expect([await countOf('events'), await countOf('event_keys')]).toEqual([2, 2]);
    expect(await stats.metrics(1, NOW_MS * 1000)).toMatchObject({ total_logs: 2 });
    const window = {
      from: (old - DAY_MS) * 1000,
      to: NOW_MS * 1000 + 1,
      interval: '1d',
      timezone: 'UTC',
    } as const;
    expect((await stats.stats(1, { ...window, type: 'logs' })).totals).toEqual({ count: 2 });

    expect(await maintenance.dropDaysBefore(day(NOW_MS - 90 * DAY_MS), never)).toEqual([]);
    const [again] = await store.append([eventOf('old', NOW_MS)]);
    expect(again.outcome).toBe('stored');
  });

  it('waits for a reader without holding up the appends, and readers see all of a day or none', async () => {
    await fill();
    const reader = await database.query.connect();
    await reader.query('begin');
    await reader.query('select count(*) from events');
    const dropped = maintenance.dropDaysBefore(day(NOW_MS - 90 * DAY_MS), never);
    const startedMs = performance.now();
    for (let i = 0; i < 100; i++) await store.append([eventOf(`while ${i}`, NOW_MS)]);
    // held up for as long as one attempt to get the lock waits, they would take minutes
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
    expect(await countOf('event_keys', `created_at < '2026-09-01'`)).toBe(2);
    await reader.query('commit');
    reader.release();
    await dropped;
    expect(await countOf('event_keys', `created_at < '2026-09-01'`)).toBe(0);
  });
});

it('minute buckets go after their time, and questions are answered as before', async () => {
  await store.append(Array.from({ length: 20 }, (_, i) => eventOf(`m${i}`, NOW_MS, i * DAY_MS + i)));
  await stores.eventCounter.count({ now: NOW_MS * 1000, maxNames: 100 });
  const window = {
    from: (NOW_MS - 15 * DAY_MS) * 1000,
    to: NOW_MS * 1000,
    interval: '1h',
    timezone: 'UTC',
  } as const;
  const before = await stats.stats(1, { ...window, type: 'latency' });
  expect(await countOf('event_rollups', 'tier = 1')).toBe(9);
  clock.advance(3 * DAY_MS);
  await maintenance.pruneMinutes(clock.nowMs() * 1000);
  expect(await countOf('event_rollups', 'tier = 1')).toBe(6);
  expect(await stats.stats(1, { ...window, type: 'latency' })).toEqual(before);
  clock.advance(-3 * DAY_MS);
});

it('partitions are made by many processes at once', async () => {
  const days = Array.from({ length: 5 }, (_, n) => `2027-02-0${n + 1}`);
  await Promise.all(Array.from({ length: 6 }, () => maintenance.ensurePartitions(days)));
  expect(await partitionDays(database.query, 'events')).toEqual(expect.arrayContaining(days));
  const { rows } = await database.query.query<{ n: number }>(
    `select count(distinct inhparent)::int as n from pg_inherits where inhrelid in
       (select indexrelid from pg_index where indrelid = 'events_20270201'::regclass)`,
  );
  expect(rows[0].n).toBe(await countOf('pg_index', `indrelid = 'events'::regclass`));
});

describe('the scheduler', () => {
  it('runs each job once, however many processes there are', async () => {
    const runs: string[] = [];
    const schedulers = Array.from({ length: 4 }, () => {
      const jobs = ['a', 'b'].map((name) => ({
        name,
        everyMs: 3_600_000,
        run: () => Promise.resolve(void runs.push(name)),
      }));
      return new MaintenanceScheduler(maintenance, jobs);
    });
    for (const scheduler of schedulers) scheduler.start();
    await until(() => runs.length >= 2);
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    expect(runs.sort()).toEqual(['a', 'b']);
  });

  it('tries again what failed, and stops when the running job is done', async () => {
    let runs = 0;
    let stopped = false;
    const run = async (stop: AbortSignal) => {
      if (++runs === 1) throw new Error('not yet');
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
      stopped = true;
    };
    const scheduler = new MaintenanceScheduler(maintenance, [{ name: 'flaky', everyMs: 30, run }]);
    scheduler.start();
    await until(() => runs === 2);
    await scheduler.stop();
    expect([runs, stopped]).toEqual([2, true]);
  });

  it('does what the settings say', async () => {
    const names = (env: Record<string, string>) =>
      jobsOf(stores, folded, clock, configOf(env)).map(({ name }) => name);
    expect(names({ RETENTION_DAYS: '0', AUDIT_DAYS: '0' })).toEqual([
      'partitions',
      'counting',
      'minutes',
      'access-partitions',
      'access-counting',
      'access-prune',
      'sessions',
      'dead-letters',
      'removed-projects',
    ]);
    expect(names({ IP_TTL_DAYS: '30' }).slice(9)).toEqual([
      'retention',
      'access-retention',
      'audit',
      'addresses',
    ]);

    await store.append([eventOf('old', NOW_MS - 91 * DAY_MS - 1), eventOf('young', NOW_MS - 90 * DAY_MS)]);
    const [old, young] = [NOW_MS - 91 * DAY_MS - 1, NOW_MS - 90 * DAY_MS].map((ms) => ms * 1000);
    await accessStore.append([
      newAccessEntry({ createdAt: old, ip: '192.0.2.1', upsertIp: true }),
      newAccessEntry({ createdAt: young, ip: '192.0.2.2', upsertIp: true }),
    ]);
    await database.query.query(`update ip_addresses set last_seen = '${day(NOW_MS)}' where ip = '192.0.2.2'`);
    await database.query.query(`update ip_addresses set last_seen = '2026-10-03' where ip = '192.0.2.1'`);
    // Counting that finds retention at work leaves the blocks to the next time.
    const settings = configOf({ COUNT_INTERVAL_SECONDS: '0.1', IP_TTL_DAYS: '30' });
    const scheduler = new MaintenanceScheduler(maintenance, jobsOf(stores, folded, clock, settings));
    scheduler.start();
    for (const [records, kind] of [
      ['events', 'event'],
      ['access_logs', 'access'],
    ] as const) {
      await until(async () => (await countOf(records)) === 1 && (await countOf(`${kind}_blocks`)) === 0);
      await until(async () =>
        (await partitionDays(database.query, records)).includes(day(NOW_MS + 7 * DAY_MS)),
      );
    }
    await until(async () => (await countOf('ip_addresses')) === 1);
    await scheduler.stop();
    expect(await countOf('event_totals', `dimension = 'all'`)).toBe(1);
    expect(await countOf('access_totals', `dimension = 'all'`)).toBe(1);
  });
});
