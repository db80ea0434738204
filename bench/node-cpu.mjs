// CPU of the server's own process a record, builds side by side and in turns: `node bench/node-cpu.mjs DIST DIST …` (copies of `dist`
// within the checkout). User and system time of the process, not rates: a busy machine disturbs these far less. BENCH_KINDS chooses;
// BENCH_FIRST_FLAGS are V8's flags of the first build, where they were others then.
import { readFileSync } from 'node:fs';
import { entryBodies } from './entries.mjs';
import { batchBodies } from './events.mjs';
import { KEY, load, makeDataDir, median, ROUNDS, startServer } from './harness.mjs';
import { postAll } from './post-all.mjs';

const BATCHES = 100;
const SIZE = 500;
const SINGLES_S = 4;
/** A clock tick of /proc, as every Linux of today has it. */
const TICK_US = 10_000;

const batchOf = (path, status, made) => (url) =>
  postAll(url + path, { key: KEY, status, connections: 4, ...made() }).then(() => BATCHES * SIZE);
const events = () => ({ type: 'application/json', bodies: batchBodies(BATCHES, SIZE) });
const kinds = {
  'events in batches': batchOf('/api/v1/batch-ingest', 201, events),
  'events alone': async (url) => (await load(url, 'event', SINGLES_S)).requests,
  'entries in arrays': batchOf('/logs', 200, () => entryBodies('array', BATCHES, SIZE)),
  'entries in NDJSON': batchOf('/logs', 200, () => entryBodies('ndjson', BATCHES, SIZE)),
  'entries alone': async (url) => (await load(url, 'entry', SINGLES_S)).requests,
};
const chosen = process.env.BENCH_KINDS?.split(',') ?? Object.keys(kinds);

function cpuUs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * TICK_US;
}

async function measure({ pid, url }, kind) {
  const before = cpuUs(pid);
  const records = await kinds[kind](url);
  return (cpuUs(pid) - before) / records;
}

const builds = process.argv.slice(2);
const dirs = builds.map(() => makeDataDir());
const servers = [];
try {
  for (const [i, dist] of builds.entries()) {
    const flags = i === 0 ? process.env.BENCH_FIRST_FLAGS?.split(' ') : undefined;
    servers.push(await startServer(dirs[i].dataDir, { dist, flags }));
  }
  const table = {};
  for (const kind of chosen) {
    for (const server of servers) await measure(server, kind);
    const found = builds.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, server] of servers.entries()) found[i].push(await measure(server, kind));
    }
    const us = found.map(median);
    table[kind] = Object.fromEntries(builds.map((dist, i) => [`${dist}, µs`, Number(us[i].toFixed(2))]));
    table[kind]['last / first'] = Number((us.at(-1) / us[0]).toFixed(3));
    console.error(kind, JSON.stringify(found.map((all) => all.map((one) => Number(one.toFixed(1))))));
  }
  console.table(table);
} finally {
  for (const server of servers) await server.stop();
  for (const { remove } of dirs) remove();
}
