// `npm run bench:access-reads`: GET /stats and GET /logs over 1,000,000 and 10,000,000 entries of ten days (BENCH_ENTRIES), uncached.
// Prints tables and writes bench/results/access-reads-N.json. Filling takes minutes and, for ten million, about 6 GB of disk.
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../dist/src/config/load.js';
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';
import { Database } from '../dist/src/storage/postgres/database.js';
import { PostgresAccessMaintenance } from '../dist/src/storage/postgres/maintenance/postgres-access-maintenance.js';
import { ask, makeDataDir, median, report, startServer, timesOf } from './harness.mjs';

const DAYS = 10;
const DAY_MS = 86_400_000;
const TIMES = 31;
/** Asked before, and not counted: the server has just begun. */
const WARM = 14;
const sizes = (process.env.BENCH_ENTRIES ?? '1000000,10000000').split(',').map(Number);

// A day's entries, received when they happened: 300,000 addresses, the busy ones busier, 1,000 paths, and one of a kind in each 10,000.
const FILL = `
with entry as materialized (
  select 1 as project_id, at, '10.' || (client >> 16) || '.' || ((client >> 8) & 255) || '.' || (client & 255) as ip,
         (array['GET','GET','GET','GET','GET','POST','PUT','DELETE'])[1 + (n % 8)] as method,
         case when n % 10000 = 0 then '/rare/needle-' || n
              when n % 2 = 0 then '/products/' || (power(random(), 2) * 600)::int else '/users/' || (power(random(), 2) * 400)::int || '/cart' end as path,
         (array[200,200,200,200,200,200,200,301,404,500])[1 + (n * 13 % 10)] as status,
         (-ln(random()) * 40)::float8 as latency_ms, 'agent/' || (n % 50) as user_agent
  from (
    select n, $1::timestamptz + ($2::timestamptz - $1::timestamptz) * (n::float8 / $3) as at, (power(random(), 3) * 300000)::int as client
    from generate_series(1, $3::bigint) as n
  ) as drawn
), counted as (
  insert into access_blocks (size, records)
  select count(*), json_agg(json_build_array(project_id, (at at time zone 'UTC')::date - date '1970-01-01',
    (extract(epoch from at) * 1000000)::bigint, (status >= 400)::int, latency_ms, status::text, method, path, user_agent, ip, ip))
  from (select *, row_number() over () / 5000 as block from entry) as numbered
  group by block
)
insert into access_logs (id, "timestamp", created_at, latency_ms, project_id, status, ip, method, path, user_agent)
select nextval('access_ids'), at, at, latency_ms, project_id, status, ip, method, path, user_agent from entry`;

const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
const OLD_DAY = `from=${ago(8)}&to=${ago(7)}`;
const OLD_HALF = `from=${ago(9)}&to=${ago(4)}`;

const QUESTIONS = [
  ...['errors', 'traffic', 'latency', 'logs', 'unique_ips'].flatMap((type) =>
    ['hour', 'day', 'week'].map((range) => [`/stats?type=${type}&range=${range}`, 10]),
  ),
  ['/logs', 20],
  ['/logs?status=500', 20],
  ['/logs?status=418', 20],
  ['/logs?method=delete', 20],
  ['/logs?ip=10.0.0.9', 20],
  ['/logs?ip=192.0.2.1', 20],
  ['/logs?path=cart', 20],
  ['/logs?path=needle', 20],
  ['/logs?path=no-such-path', 20],
  ['/logs?path=s/7', 20],
  ['/logs?path=needle&status=404', 20],
  ['/logs?range=day&status=404&method=GET', 20],
  [`/logs?${OLD_DAY}`, 20],
  [`/logs?${OLD_HALF}`, 20],
  [`/logs?${OLD_HALF}&status=200`, 20],
];

for (const entries of sizes) await measure(entries);

async function measure(entries) {
  const { dataDir, remove } = makeDataDir();
  const server = await startServer(dataDir, {});
  try {
    const { url } = await attachEmbeddedPostgres(dataDir);
    const config = loadConfig({
      flags: {},
      env: { REQUEST_TIMEOUT_SECONDS: '3600' },
      dotEnv: null,
      readFile: () => '',
    });
    const database = await Database.connect(config, url);
    const fillS = await fill(database, entries);
    await database.close();
    const rows = [];
    for (const [question, wanted] of QUESTIONS)
      rows.push([question, await timed(server.url + question), `<= ${wanted}`]);
    report(`access-reads-${entries}`, [...rows, ['(filling and counting, s)', fillS, '']], { entries });
  } finally {
    await server.stop();
    remove();
  }
}

async function fill(database, entries) {
  const upkeep = new PostgresAccessMaintenance(database);
  const started = performance.now();
  const now = Date.now();
  for (let day = DAYS - 1; day >= 0; day--) {
    const to = now - day * DAY_MS;
    const dates = [to - DAY_MS, to].map((ms) => new Date(ms).toISOString());
    await upkeep.ensurePartitions(dates.map((date) => date.slice(0, 10)));
    await database.query.query(FILL, [...dates, Math.round(entries / DAYS)]);
    while ((await database.query.query('select from access_blocks limit 1')).rowCount > 0) await delay(500);
    console.error(`${DAYS - day} of ${DAYS} days`);
  }
  await database.query.query('vacuum analyze access_logs');
  return (performance.now() - started) / 1000;
}

/** Milliseconds of a request, the middle of many. */
async function timed(url) {
  return median(await timesOf(() => ask(url), { warm: WARM, times: TIMES }));
}
