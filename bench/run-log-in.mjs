// `npm run bench:log-in`: a log-in to the dashboard, and the making of a key, on a server that has 6,000 keys (BENCH_KEYS), while
// another client sends events. Prints a table and writes bench/results/log-in.json. BENCH_DIST measures another build.
import pg from 'pg';
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';
import { KEY, makeDataDir, median, report, startServer } from './harness.mjs';

const KEYS = Number(process.env.BENCH_KEYS ?? 6_000);
const TIMES = 100;
/** Asked before, and not counted. */
const WARM = 10;

const FILL = `insert into api_keys (project_id, name, prefix, digest, scopes)
  select 1, 'app ' || n, 'sl_app', sha256(('bench key ' || n)::bytea), '{ingest}' from generate_series(1, $1::int) as n`;

const { dataDir, remove } = makeDataDir();
// Once to make the database; the keys are then there when the server that is measured begins.
await (await startServer(dataDir)).stop();
const embedded = await attachEmbeddedPostgres(dataDir);
const database = new pg.Client(embedded.url);
await database.connect();
await database.query(FILL, [KEYS]);
await database.query('vacuum analyze api_keys');
await database.end();
await embedded.stop();

const server = await startServer(dataDir);
try {
  const ingest = ingestMeanwhile(server.url);
  const logIns = await timed(() => post('/api/v1/session', { key: KEY }, {}));
  const keys = await timed(() => post('/api/v1/keys', { name: 'bench', scopes: ['ingest'] }));
  const events = await ingest.end();
  report(
    'log-in',
    [
      ['log-in, ms', median(logIns), '<= 15'],
      ['log-in, p95 ms', percentile(logIns, 0.95), ''],
      ['making a key, ms', median(keys), '<= 15'],
      ['event of another client meanwhile, ms', median(events), ''],
      ['event of another client meanwhile, p99 ms', percentile(events, 0.99), ''],
    ],
    { keys: KEYS },
  );
} finally {
  await server.stop();
  remove();
}

async function timed(ask) {
  const times = [];
  for (let i = -WARM; i < TIMES; i++) {
    const started = performance.now();
    await ask();
    if (i >= 0) times.push(performance.now() - started);
  }
  return times;
}

/** One event after the other, until it is ended; gives their times. */
function ingestMeanwhile(url) {
  let going = true;
  const times = [];
  const all = (async () => {
    for (let n = 0; going; n++) {
      const started = performance.now();
      const event = { event_id: `${process.pid}-${n}`, event_type: 'behavioral', event_name: 'tap' };
      await post('/api/v1/ingest', event, { 'x-api-key': KEY }, url);
      times.push(performance.now() - started);
    }
  })();
  return {
    end: async () => {
      going = false;
      await all;
      return times;
    },
  };
}

async function post(path, body, headers = { 'x-api-key': KEY }, url = server.url) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${text}`);
}

function percentile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1];
}
