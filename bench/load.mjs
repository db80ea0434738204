// Records over HTTP from a process of its own, made as they are sent: `node bench/load.mjs JSON` prints {records, records_per_s}.
// JSON: url, key, kind event|entry, size of a batch, connections, made (as `events` takes it); perS, where they are not to come as
// fast as they can; records and seconds, at most. SIGTERM ends it too.
import { entries } from './entries.mjs';
import { events } from './events.mjs';
import { postAll } from './post-all.mjs';

const load = { kind: 'event', size: 500, connections: 4, ...JSON.parse(process.argv[2]) };
const kinds = {
  event: { path: '/api/v1/batch-ingest', status: 201, from: events, encode: (logs) => ({ logs }) },
  entry: { path: '/logs', status: 200, from: entries, encode: (all) => all },
};
const { path, status, from, encode } = kinds[load.kind];

let stopped = false;
process.once('SIGTERM', () => (stopped = true));
let records = 0;

function* bodies() {
  const source = from(Infinity, load.made);
  const untilMs = performance.now() + (load.seconds ?? Infinity) * 1000;
  while (!stopped && records < (load.records ?? Infinity) && performance.now() < untilMs) {
    records += load.size;
    yield Buffer.from(JSON.stringify(encode(Array.from({ length: load.size }, () => source.next().value))));
  }
}

const seconds = await postAll(load.url + path, {
  key: load.key,
  type: 'application/json',
  bodies: bodies(),
  connections: load.connections,
  status,
  everyMs: load.perS ? (load.size * 1000) / load.perS : 0,
});
console.log(JSON.stringify({ records, records_per_s: records / seconds }));
