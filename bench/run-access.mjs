// `npm run bench:access`: access entries. Everything in one run, interleaved; prints a table and writes bench/results/access.json.
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
const FORMATS = ['array', 'ndjson', 'csv'];
const results = { direct: [], array: [], ndjson: [], csv: [] };

const { dataDir, remove } = makeDataDir();
const server = await startServer(dataDir);
const bare = await startBare();
const memory = watchRss(server.pid);
try {
  const { url: databaseUrl } = await attachEmbeddedPostgres(dataDir);
  [results.bare, results.single] = await takeTurns([bare.url, server.url], 'entry');
  for (let round = 0; round < ROUNDS; round++) {
    for (const format of FORMATS) {
      const { records_per_s } = await script('http-entries.mjs', server.url, KEY, format, BATCHES, SIZE, 4);
      results[format].push(records_per_s);
    }
    results.direct.push(
      (await script('direct-entries.mjs', databaseUrl, BATCHES, SIZE, CONNECTIONS)).records_per_s,
    );
    console.error(`batches: round ${round + 1} of ${ROUNDS}`);
  }
  const peakMb = memory.peakMb;
  const parsing = await script('parse-cpu.mjs');
  const { ipv4, ipv6 } = await script('unique-ips.mjs', process.env.BENCH_ADDRESSES ?? 10_000_000);
  report(
    'access',
    [
      [
        'POST /logs, one entry of a known address / bare Fastify',
        ratio(results.single, results.bare),
        '>= 0.5',
      ],
      ['arrays of 500 over HTTP / the same append directly', ratio(results.array, results.direct), '>= 0.7'],
      ['time a record, NDJSON / JSON array', ratio(results.array, results.ndjson), '<= 1.5'],
      ['time a record, CSV / JSON array', ratio(results.array, results.csv), '<= 1.5'],
      [
        'CPU to parse and validate, CSV / JSON array',
        parsing.csv.us_a_record / parsing.json.us_a_record,
        '<= 1.5',
      ],
      [
        'CPU to parse and validate, NDJSON / JSON array',
        parsing.ndjson.us_a_record / parsing.json.us_a_record,
        '<= 1.5',
      ],
      ['a 10 MB CSV: longest turn of the event loop, ms', parsing.csv.longest_turn_ms, '<= 50'],
      ['peak RSS of the worker under load, MB', peakMb, '<= 250'],
      ['bytes an IPv4 address, by the memory of the process', ipv4.bytes_per_address, '<= 16'],
      ['bytes an IPv6 address, by the memory of the process', ipv6.bytes_per_address, '<= 32'],
      ['(POST /logs, requests/s)', median(results.single), '10,000 where the machine allows it'],
      ['(bare Fastify, requests/s)', median(results.bare), ''],
      ['(arrays over HTTP, entries/s)', median(results.array), ''],
      ['(direct append, entries/s)', median(results.direct), ''],
    ],
    results,
  );
} finally {
  memory.stop();
  await server.stop();
  await bare.stop();
  remove();
}
