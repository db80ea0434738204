// `npm run bench:event-reads`: first and deep pages of GET /api/v1/logs/filter over 1,000,000 events (BENCH_EVENTS=1000000,10000000), received
// over 30 days and all on one (BENCH_DAYS=30,1), uncached. Prints tables and writes bench/results/event-reads-N-DAYS.json.
// Ten million take some ten minutes to fill, and 9 GB of disk.
import { loadConfig } from '../dist/src/config/load.js';
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';
import { Database } from '../dist/src/storage/postgres/database.js';
import { ensurePartitions } from '../dist/src/storage/postgres/partitions.js';
import { KEY, makeDataDir, median, report, startServer } from './harness.mjs';

const DAY_MS = 86_400_000;
const TIMES = 21;
/** Asked before, and not counted. */
const WARM = 7;
const sizes = (process.env.BENCH_EVENTS ?? '1000000').split(',').map(Number);
const spans = (process.env.BENCH_DAYS ?? '30,1').split(',').map(Number);

// Past the append, with no keys: 300,000 users and 200 names, some busier than others, ten versions, properties of 250 bytes.
const FILL = `
insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, user_id, session_id, app_version,
  sequence_number, priority, duration_ms, provider_name, properties, device_info)
select nextval('event_ids'), gen_random_uuid(), 1, gen_random_uuid()::text, (array['behavioral','telemetry','observability','performance','error'])[1 + n % 5],
  'name_' || name, at - random() * interval '60 s', at, 'user-' || who, 'session-' || who || '-' || (n >> 16), '4.' || n % 10 || '.0',
  n % 100000, case when n % 20 = 0 then 'high' else 'normal' end, duration, 'provider-' || n % 8,
  jsonb_build_object('screen', 'screen-' || n * 7919 % 60, 'duration_ms', duration, 'tags', jsonb_build_object('provider', 'provider-' || n % 8),
    'step', n % 40, 'url', '/shop/articles/' || n * 31 % 5000 || '/details', 'thousandth', n % 1000, 'note', repeat('words that many have ', 5)),
  '{"os": "iOS", "os_version": "26.1", "model": "iPhone 17"}'
from (
  select n, $1::timestamptz + ($2::timestamptz - $1::timestamptz) * (n::float8 / $3) as at, floor(power(random(), 2) * 300000)::int as who,
         floor(power(random(), 2) * 200)::int as name, floor(random() * 90000) / 100 as duration
  from generate_series(1, $3::bigint) as n
) as drawn`;
// What would have been counted of an append.
const COUNT = `
insert into event_totals (project_id, dimension, value, day, n)
select 1, dimension, coalesce(value, ''), (created_at at time zone 'UTC')::date, count(*)
from events cross join lateral (values ('all', ''), ('event_type', event_type), ('event_name', event_name), ('priority', priority),
  ('app_version', app_version), ('provider_name', provider_name)) as counted(dimension, value)
group by 2, 3, 4`;

const FILTERS = [
  '',
  'event_type=error',
  'event_name=nothing',
  'event_name=name_0',
  'event_name=name_199',
  'user_id=user-77',
  'user_id=nobody',
  'session_id=session-77-0',
  'app_version=4.3.0',
  'app_version=9',
  'priority=high',
  'provider_name=provider-3',
  'provider_name=none',
  'prop.screen=screen-7',
  'prop.thousandth=7',
  'prop.screen=none',
  ...['id', 'timestamp', 'event_type', 'priority'].map((column) => `sort_by=${column}`),
];
const QUESTIONS = [
  ...FILTERS.map((filter) => [filter, 20]),
  ['prop.thousandth=7&sort_by=timestamp', 20],
  ['user_id=user-77&sort_by=event_id', 20],
  ['page=3000', 200],
  ['page=3000&sort_by=timestamp', 200],
];
/** These say what to narrow. */
const REFUSED = ['sort_by=event_id', 'sort_by=user_id', 'sort_by=event_name'];

for (const events of sizes) for (const days of spans) await measure(events, days);

async function measure(events, days) {
  const { dataDir, remove } = makeDataDir();
  const server = await startServer(dataDir, {});
  try {
    const { url } = await attachEmbeddedPostgres(dataDir);
    const env = { REQUEST_TIMEOUT_SECONDS: '3600' };
    const database = await Database.connect(
      loadConfig({ flags: {}, env, dotEnv: null, readFile: () => '' }),
      url,
    );
    const bytes = await fill(database, events, days);
    await database.close();
    const ask = (question) => timed(`${server.url}/api/v1/logs/filter?${question}`);
    const rows = [];
    for (const [question, wanted] of QUESTIONS)
      rows.push([`?${question}`, (await ask(question)).ms, `<= ${wanted}`]);
    for (const question of REFUSED) {
      const { ms, status } = await ask(question);
      rows.push([`?${question} (${status})`, ms, '<= 20']);
    }
    report(`event-reads-${events}-${days}`, [...rows, ['(disk an event, without keys, bytes)', bytes, '']], {
      events,
      days,
    });
  } finally {
    await server.stop();
    remove();
  }
}

async function fill(database, events, days) {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const parts = days === 1 ? 20 : days;
  const at = (part) =>
    new Date(today - days * DAY_MS + (part * days * DAY_MS) / parts - (part === parts ? 1 : 0)).toISOString();
  for (let part = 0; part < parts; part++) {
    await ensurePartitions(database.query, 'events', [at(part).slice(0, 10)]);
    await database.query.query(FILL, [
      at(part),
      new Date(Date.parse(at(part + 1)) - 1).toISOString(),
      Math.round(events / parts),
    ]);
    console.error(`${part + 1} of ${parts} parts`);
  }
  await database.query.query(COUNT);
  await database.query.query('vacuum analyze events');
  const text = `select sum(pg_total_relation_size(relid))::float8 as bytes from pg_partition_tree('events') where isleaf`;
  const { rows } = await database.query.query(text);
  return rows[0].bytes / events;
}

/** Milliseconds of a request, the middle of many; nothing of it from the cache. */
async function timed(url) {
  const headers = { 'x-api-key': KEY, 'cache-control': 'no-cache' };
  const times = [];
  let status = 0;
  for (let i = -WARM; i < TIMES; i++) {
    const started = performance.now();
    const answer = await fetch(url, { headers });
    await answer.text();
    ({ status } = answer);
    if (status !== 200 && status !== 400) throw new Error(`${url}: ${status}`);
    if (i >= 0) times.push(performance.now() - started);
  }
  return { ms: median(times), status };
}
