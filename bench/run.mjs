// `npm run bench`: events. Everything in one run, interleaved, so that ratios can be quoted. Prints a table and writes
// bench/results/events.json. Durable settings, the embedded database, load on loopback only.
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';
import {
  CONNECTIONS,
  KEY,
  ROUNDS,
  makeDataDir,
  median,
  ratio,
  report,
  script,
  startBare,
  startServer,
  takeTurns,
  watchRss,
} from './harness.mjs';

const BATCHES = 160;
const SIZE = 500;
const results = { batch: [], direct: [], boot: [] };

const { dataDir, remove } = makeDataDir();
const first = await startServer(dataDir);
await first.stop();
for (let i = 0; i < 3; i++) {
  const later = await startServer(dataDir);
  results.boot.push(later.ms);
  await later.stop();
}
const server = await startServer(dataDir);
const bare = await startBare();
const memory = watchRss(server.pid);
try {
  const { url: databaseUrl } = await attachEmbeddedPostgres(dataDir);
  // The singles before the batches: what those leave behind (counting, vacuum) is theirs.
  [results.bare, results.single] = await takeTurns([bare.url, server.url], 'event');
  for (let round = 0; round < ROUNDS; round++) {
    results.batch.push((await script('http-batches.mjs', server.url, KEY, BATCHES, SIZE, 4)).records_per_s);
    results.direct.push(
      (await script('direct-append.mjs', databaseUrl, BATCHES, SIZE, CONNECTIONS)).records_per_s,
    );
    console.error(`batches: round ${round + 1} of ${ROUNDS}`);
  }
  const prepare = await script('prepare-cpu.mjs');
  report(
    'events',
    [
      ['batch ingest over HTTP / the same append directly', ratio(results.batch, results.direct), '>= 0.7'],
      ['single ingest / bare Fastify', ratio(results.single, results.bare), '>= 0.4'],
      ['peak RSS of the worker under load, MB', memory.peakMb, '<= 250'],
      ['validate and serialise 1,000 events, CPU ms', prepare.cpu_ms, '<= 10'],
      ['first start to listening, ms', first.ms, '<= 4000'],
      ['later start to listening, ms', median(results.boot), '<= 3000'],
      ['(single ingest, requests/s)', median(results.single), ''],
      ['(bare Fastify, requests/s)', median(results.bare), ''],
      ['(batch ingest, events/s)', median(results.batch), ''],
      ['(direct append, events/s)', median(results.direct), ''],
    ],
    results,
  );
} finally {
  memory.stop();
  await server.stop();
  await bare.stop();
  remove();
}
