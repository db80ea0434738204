import pg from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS } from '../../src/core/counting/kind.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { connectForMigration, migrateDown, migrateUp, planDown } from '../../src/storage/postgres/migrate.js';
import { accessCounting } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { eventCounting } from '../support/counting.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { someOf } from '../support/property-runs.js';

const MIGRATION = 'Counting1764300000000';
const OLD = [
  'event_deltas',
  'event_rollups',
  'event_latency',
  'access_deltas',
  'access_rollups',
  'access_latency',
];

const LONG = 'é'.repeat(1001);

/** Records in several projects, days and minutes; durations whose sums are exact in any order. */
const RECORDS = `
create temp table records as
select g % 3 + 1 as project_id, (at at time zone 'UTC')::date as day, at - g % 7 * interval '11 hours' as "timestamp",
  case when g % 5 = 0 then 'error' else 'behavioral' end as event_type, 'it''s "' || g % 11 as event_name,
  case when g % 2 = 0 then 'high' else 'normal' end as priority, case when g % 3 > 0 then '1.' || g % 3 end as app_version,
  case when g % 4 > 0 then 'p' || g % 4 end as provider_name, case when g % 6 > 0 then (g % 900) / 4.0::double precision end as duration_ms,
  'u' || g % 97 as user_id, case when g % 8 > 0 then 's' || g % 211 end as session_id,
  case when g % 9 > 0 then (200 + g % 4 * 100)::smallint end as status, case when g % 10 > 0 then '10.0.0.' || g % 50 end as ip,
  case when g % 12 > 0 then 'GET' end as method, case when g % 13 = 0 then '${LONG}' when g % 13 > 1 then '/p/' || g % 13 end as path,
  case when g % 14 > 0 then 'agent ' || g % 14 end as user_agent, g <= 5100 as is_delta
from generate_series(1, 6500) as g cross join lateral (
  select date_trunc('second', now()) - case when g % 3 = 0 then g % 10800 * interval '1 second' else g * interval '59 seconds' end as at
) as received`;

const DIMENSIONS = {
  event: `('all', ''), ('event_type', event_type), ('event_name', event_name), ('priority', priority),
    ('app_version', coalesce(app_version, '')), ('provider_name', coalesce(provider_name, ''))`,
  access: `('all', ''), ('status', coalesce(status::text, '')), ('method', coalesce(method, '')), ('ip', coalesce(ip, '')),
    ('path', case when octet_length(path) > 2000 then '(other)' else coalesce(path, '') end), ('user_agent', coalesce(user_agent, ''))`,
};
const ERROR = { event: `event_type = 'error'`, access: 'status >= 400' };
const TIERS = {
  event: 'true',
  access: `tier >= 60 or dimension in ('all', 'status', 'method')`,
};
const UNTIMED = ['provider_name', 'status', 'method', 'user_agent', 'ip'];
const TIMED = { event: `dimension <> 'provider_name'`, access: `dimension in ('all', 'path')` };

/** As the server counted before. */
function countedOf(kind: 'event' | 'access'): string {
  const told = `records cross join lateral (values ${DIMENSIONS[kind]}) as d(dimension, value)
    cross join unnest('{1,15,60,1440}'::smallint[]) as tier`;
  const bucket = `date_bin(make_interval(mins => tier), "timestamp", '1970-01-01Z')`;
  return `
insert into ${kind}_rollups
select project_id, dimension, tier, ${bucket}, value, day, count(*), count(*) filter (where ${ERROR[kind]}), count(duration_ms),
  coalesce(sum(duration_ms), 0), max(duration_ms)
from ${told} where not is_delta and (${TIERS[kind]}) group by 1, 2, 3, 4, 5, 6;
insert into ${kind}_latency
select project_id, dimension, tier, bucket, value, day, array_agg(bin order by bin), array_agg(n order by bin)
from (
  select project_id, dimension, tier, ${bucket} as bucket, value, day, sightline_latency_bin(duration_ms) as bin, count(*) as n
  from ${told} where not is_delta and duration_ms is not null and (${TIERS[kind]}) and ${TIMED[kind]} group by 1, 2, 3, 4, 5, 6, 7
) as binned group by 1, 2, 3, 4, 5, 6;
insert into ${kind}_totals
select project_id, dimension, value, day, count(*)
from records cross join lateral (values ${DIMENSIONS[kind]}) as d(dimension, value) where not is_delta group by 1, 2, 3, 4;`;
}

const FILL = `
insert into projects (name) values ('two'), ('three'), ('many'), ('few');
${RECORDS};
insert into event_deltas select project_id, day, "timestamp", event_type, event_name, priority, app_version, provider_name,
  duration_ms, user_id, session_id from records where is_delta;
insert into access_deltas select "timestamp", duration_ms, project_id, day, status, ip, method, path, user_agent from records where is_delta;
${countedOf('event')}${countedOf('access')}
-- counted in sketches and rows: 11,000 users within one minute of an hour ago, and a few
create table events_all partition of events default;
insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, user_id, session_id, priority, properties, device_info)
select g, gen_random_uuid(), g % 2 + 4, g::text, 'error', 'x', at, at, 'u' || case when g % 2 = 0 then g else g % 7 end, 's' || g % 40, 'low', '{}', '{}'
from generate_series(1, 22000) as g cross join lateral (
  select date_trunc('minute', now()) - interval '1 hour' + case when g % 2 = 0 then g % 59 else g % 900 end * interval '1 second' as at
) as received;`;

let server: TestDatabase;
let source: DataSource;
let client: pg.Client;

const rowsOf = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;

/** What is asked before and after is of the same windows, though an hour or a day may begin meanwhile. */
const NOW = `timestamptz '${new Date().toISOString()}'`;

const DAY = `date_trunc('day', ${NOW})`;
const HOUR = `date_trunc('hour', ${NOW})`;
const WINDOWS = [
  `${DAY} - interval '9 days', ${DAY} + interval '1 day', null`,
  `${DAY} - interval '2 days', ${DAY} + interval '1 day', 3600000`,
  `${HOUR} - interval '1 hour', ${HOUR} + interval '1 hour', 60000`,
];

/** What Grafana asks of every project, by every dimension. */
const QUESTIONS = (['event', 'access'] as const).flatMap((kind) => [
  `select * from grafana.${kind}_totals order by 1, 2${kind === 'access' ? '' : ', 3'}`,
  ...[...DIMENSIONS[kind].matchAll(/\('(\w+)'/g)].flatMap(([, dimension]) =>
    (UNTIMED.includes(dimension) ? ['counts'] : ['counts', 'latency']).flatMap((what) =>
      someOf(WINDOWS).map(
        (window) =>
          `select p.name, f.* from projects p cross join lateral grafana.${kind}_${what}(p.name, '${dimension}', ${window}) f order by 1, 2, 3`,
      ),
    ),
  ),
]);

async function answers(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const question of QUESTIONS) found[question] = await rowsOf(question);
  return found;
}

/** The old tables; no text is the same as an empty one, and a long path as what it was counted as. */
async function oldRows(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of OLD) {
    const rows = await rowsOf(`select * from ${table} as t order by t::text`);
    const told = rows.map((row) =>
      JSON.stringify(Object.values(row).map((value) => (value === LONG ? '(other)' : (value ?? '')))),
    );
    found[table] = told.sort();
  }
  return found;
}

beforeAll(async () => {
  server = await createDatabase();
  source = await connectForMigration(server.url);
  await migrateUp(source);
  while ((await migrateDown(source)) !== MIGRATION);
  client = new pg.Client(server.url);
  await client.connect();
  await client.query('set timezone = utc; set jit = off');
  await client.query(FILL);
});

afterAll(async () => {
  await client.end();
  await source.destroy();
  await server.drop();
});

describe('what was counted before blocks and packed rollups', () => {
  it('is told as before, counted on, and there again when it is taken back', async () => {
    const [before, old] = [await answers(), await oldRows()];
    expect(Object.values(before).map((rows) => (rows as unknown[]).length > 0)).not.toContain(false);
    await migrateUp(source);
    expect(await answers()).toEqual(before);
    for (const kind of ['event', 'access']) {
      expect(
        await rowsOf(`select size, json_array_length(records) as n from ${kind}_blocks order by id`),
      ).toEqual([
        { size: 5000, n: 5000 },
        { size: 100, n: 100 },
      ]);
    }

    while ((await planDown(source))?.name !== MIGRATION) await migrateDown(source);
    expect(await planDown(source)).toMatchObject({ name: MIGRATION, losses: [] });
    await migrateDown(source);
    expect(await oldRows()).toEqual(old);
    expect(await answers()).toEqual(before);

    await migrateUp(source);
    const database = await Database.connect(configOf(), server.url);
    const { counter, stats } = eventCounting(database, new SystemClock());
    const now = Date.now() * 1000;
    const metrics = await stats.metrics(1, now);
    await counter.count({ now, maxNames: 1000 });
    await accessCounting(new PostgresCountStore(database, ACCESS, null)).counter.count({
      now,
      maxNames: 1000,
    });
    expect(await stats.metrics(1, now)).toEqual(metrics);
    await database.close();
    expect(await rowsOf('select id from event_blocks union all select id from access_blocks')).toEqual([]);
    expect(await answers()).toEqual(before);
    while ((await migrateDown(source)) !== MIGRATION);
    expect(await answers()).toEqual(before);
  });

  it('has the users and sessions of the last hours by the minute', async () => {
    const at = `date_trunc('minute', now()) - interval '70 minutes'`;
    const told = async (project: string, kind: string) =>
      (
        await rowsOf(
          `select n::int from grafana.event_uniques('${project}', '${kind}', ${at}, now(), 60000) where n > 0 order by 1`,
        )
      ).map(({ n }) => Number(n));
    await migrateUp(source);
    expect(await told('few', 'user')).toEqual(Array.from({ length: 15 }, () => 7));
    expect(await told('few', 'session')).toEqual(Array.from({ length: 15 }, () => 20));
    const [many] = await told('many', 'user');
    expect(Math.abs(many / 11_000 - 1)).toBeLessThan(0.02);
    expect(await told('many', 'session')).toEqual([20]);
  });
});
