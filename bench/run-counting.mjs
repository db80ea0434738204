// `npm run bench:counting -- DIST DIST …`: what counting costs, and what is asked meanwhile and afterwards, of builds side by side
// (copies of `dist` within the checkout; the first is what the others are compared with). Prints a table after each part and
// writes bench/results/counting.json. The parts, and the settings BENCH_*: docs/benchmarks.md.
import { setTimeout as delay } from 'node:timers/promises';
import { CountedServer } from './counted-server.mjs';
import { QUESTIONS } from './counting-questions.mjs';
import { fillOnOneDay, fillOverDays } from './fill.mjs';
import { ask, median, millisOf, ratio, ROUNDS, takeTurns, timesOf, writeResults } from './harness.mjs';

const builds = process.argv.length > 2 ? process.argv.slice(2) : ['dist'];
const chosen = new RegExp(process.env.BENCH_PARTS ?? '');
const SIZES = (process.env.BENCH_EVENTS ?? '1000000').split(',').map(Number);
/** Of a round of CPU, and what lies in the database before questions are asked under load. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 100_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
const WARM_S = 5;
/** What a rate is looked for with: counting that far behind, from so many events a second on. */
const MOST_LAG_S = 2;
const LEAST_RATE = 10_000;
const LIVE = {};
const SPREAD = { made: { days: 30 } };
/** Events while questions are asked. */
const BUSY = { perS: 8000, size: 200, connections: 8 };
/** Of the questions meanwhile, after one that does not count, where they take all of BENCH_SECONDS and more. */
const LEAST_ROUNDS = 3;
const REST_TIMES = { warm: 5, times: 15, withinMs: 60_000 };

/** These share their servers: what is left by one is there for the next, as is the memory. */
const parts = { singles, cpu, sustained, 'under-load': underLoad };
const fillings = { 'one-day': fillOnOneDay, '30-days': fillOverDays };
const found = [];

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => CountedServer.removeAll().finally(() => process.exit(1)));

const some = Object.keys(parts).filter((name) => chosen.test(name));
if (some.length > 0) {
  await withServers(CountedServer.start, async (servers) => {
    for (const name of some) await measure(name, servers, parts[name]);
  });
}
for (const name of Object.keys(fillings).filter((filling) => chosen.test(filling))) {
  const sizes = [];
  for (const events of SIZES) {
    const fill = (dist) => fillings[name](dist, events);
    const part = `${name}, ${events} events`;
    await withServers(fill, async (servers) => sizes.push(await measure(part, servers, atRest)));
  }
  if (sizes.length > 1) show(`${name}, ${SIZES.at(-1)} events / ${SIZES[0]}`, growth(sizes[0], sizes.at(-1)));
}

async function withServers(start, use) {
  const servers = [];
  try {
    for (const dist of builds) servers.push(await start(dist));
    await use(servers);
  } finally {
    await CountedServer.removeAll();
  }
}

/** Runs a part, with the memory that Node takes at most meanwhile, and shows and gives what it found. */
async function measure(part, servers, run) {
  console.error(part);
  const rows = [];
  const note = (what, values, wanted = '') => rows.push({ what, values, wanted });
  const memories = servers.map((server) => server.watchMemory());
  await run(servers, note);
  for (const memory of memories) memory.stop();
  const peaks = memories.map(({ peakMb }) => peakMb);
  note('peak RSS of Node, MB', peaks, '<= 250');
  show(part, rows);
  return rows;
}

function show(part, rows) {
  found.push({ part, rows });
  console.log(part);
  console.table(rows.map(tableRow));
  writeResults('counting', { builds, parts: found });
}

/** Of questions, which have one value for each build. */
function growth(small, large) {
  return small
    .filter(({ what }) => what.endsWith(', ms'))
    .map(({ what, values }, i) => ({
      what,
      values: values.map((value, b) => large[i].values[b] / value),
      wanted: '<= 1.5',
    }));
}

/** A value is a number, or quantiles: of these the p95 are compared. `x` in what is wanted means times the first build's. */
function tableRow({ what, values, wanted }) {
  const [first, ...others] = values.map((value) => value.p95 ?? value);
  const columns = values.map((value, i) => [`${i + 1}: ${builds[i]}`, shown(value)]);
  const ratios = others.map((value, i) => [`${i + 2} / 1`, rounded(value / first)]);
  return { what, ...Object.fromEntries([...columns, ...ratios]), wanted };
}

function shown(value) {
  if (typeof value === 'number') return rounded(value);
  return [value.p50, value.p95, value.max].map(rounded).join(' / ');
}

function rounded(value) {
  return Number(value.toPrecision(Math.max(3, String(Math.trunc(value)).length)));
}

async function singles(servers, note) {
  const urls = servers.map(({ url }) => url);
  for (const [kind, what, wanted] of [
    ['event', 'single events', '>= 1.1 x'],
    ['entry', 'POST /logs', '>= 1 x'],
  ]) {
    const rates = await takeTurns(urls, kind, (i) => servers[i].untilCounted());
    note(`${what}, requests/s at 64 connections`, rates.map(median));
    // Of turns side by side: the machine drifts less from one to the next than over all of them.
    const ratios = rates.map((own) => ratio(own, rates[0]));
    note(`${what}: rate / the first`, ratios, wanted);
  }
}

async function cpu(servers, note) {
  for (const [what, load, wanted] of [
    ['live', LIVE, '<= 50'],
    ['spread over 30 days', SPREAD, '<= 90'],
    ['access entries, live', { kind: 'entry' }, '<= 0.5 x'],
  ]) {
    const costs = servers.map(() => []);
    for (const server of servers) await server.cost({ ...load, records: RECORDS / 2 });
    for (let round = 0; round < ROUNDS; round++) {
      const turns = [...servers.entries()];
      // Neither is always the one that comes after the other.
      for (const [i, server] of round % 2 ? turns.reverse() : turns)
        costs[i].push(await server.cost({ ...load, records: RECORDS }));
    }
    const middle = (field) => costs.map((rounds) => median(rounds.map((round) => round[field])));
    note(`${what}: CPU a record until counted, µs`, middle('us'), wanted);
    note(`${what}: of that Node, µs`, middle('node'));
    note(`${what}: of that PostgreSQL, µs`, middle('postgres'));
    note(`${what}: disk a record, bytes`, middle('bytes'), '<= 0.7 x');
    // Or what comes next would pay for it.
    const later = await Promise.all(servers.map(mergingUs));
    const records = RECORDS * (ROUNDS + 0.5);
    note(
      `${what}: CPU a record later, until past buckets are merged, µs`,
      later.map((us) => us / records),
    );
  }
}

/** What merging takes after all is counted, and a server that waits for it. */
async function mergingUs(server) {
  const before = server.cpuUs();
  await server.untilMerged();
  const after = server.cpuUs();
  return after.node + after.postgres - before.node - before.postgres;
}

async function sustained(servers, note) {
  const kept = [];
  for (const server of servers) {
    await server.cost({ records: RECORDS / 2 });
    kept.push(await highestRate(server));
  }
  note(`live: events/s with counting at most ${MOST_LAG_S} s behind for ${SECONDS} s`, kept, '>= 2 x');
  const runs = { live: [], spread: [] };
  for (const server of servers) {
    runs.live.push(await sustain(server, LIVE));
    runs.spread.push(await sustain(server, SPREAD));
  }
  for (const [what, own] of Object.entries(runs)) {
    const values = (field) => own.map((run) => run[field]);
    note(`${what}: events/s over ${SECONDS} s, as many as come in`, values('perS'));
    note(`${what}: counting behind, s (p50 / p95 / max)`, values('lagS'));
    note(`${what}: counting goes on for, s`, values('afterS'));
    note(`${what}: disk an event, bytes`, values('bytes'));
  }
  const shares = runs.spread.map(({ perS }, i) => perS / runs.live[i].perS);
  note('rate spread / live', shares, '>= 0.6');
}

/** The most events a second, in steps of a tenth, that a build takes in and counts in time for all of BENCH_SECONDS; 0 where it counts none in time. */
async function highestRate(server) {
  const keepsUp = async (perS, seconds) => {
    const run = await sustain(server, { ...LIVE, perS }, seconds);
    return run.perS >= 0.97 * perS && run.lagS.max <= MOST_LAG_S;
  };
  let perS = LEAST_RATE;
  while (await keepsUp(perS, SECONDS / 4)) perS *= 1.1;
  while (perS > LEAST_RATE) if (await keepsUp((perS /= 1.1), SECONDS)) return perS;
  return 0;
}

/** As many events as come in for a while, and how far counting is behind, looked at each second. */
async function sustain(server, load, seconds = SECONDS) {
  const bytesBefore = await server.diskBytes();
  const [seen, lags] = [[], []];
  let sent;
  const sending = server.send({ ...load, seconds }).ended.then((result) => (sent = result));
  while (!sent) {
    lags.push(await server.lagS(seen));
    await Promise.race([sending, delay(1000)]);
  }
  const endedAtMs = performance.now();
  await server.untilCounted();
  const afterS = (performance.now() - endedAtMs) / 1000;
  const bytes = ((await server.diskBytes()) - bytesBefore) / sent.records;
  return { perS: sent.records_per_s, lagS: quantiles(lags), afterS, bytes };
}

// Round by round, and not question by question: each meets all that a server does in turns, and a slow build no more data.
async function underLoad(servers, note) {
  const asked = QUESTIONS.filter(({ busyMs }) => busyMs);
  const answers = asked.map(() => []);
  const rates = [];
  for (const server of servers) {
    await server.cost({ records: RECORDS, ...SPREAD });
    await server.cost({ records: RECORDS / 10, kind: 'entry' });
    const load = server.send(BUSY);
    await delay(WARM_S * 1000);
    const times = asked.map(() => []);
    const get = (path) => ask(server.url + path);
    const endsAtMs = performance.now() + SECONDS * 1000;
    for (let round = 0; round <= LEAST_ROUNDS || performance.now() < endsAtMs; round++)
      for (const [i, { use }] of asked.entries()) {
        const ms = await millisOf(() => use(get));
        if (round > 0) times[i].push(ms);
      }
    for (const [i, own] of times.entries()) answers[i].push(quantiles(own));
    rates.push((await load.stop()).records_per_s);
    await server.untilCounted();
  }
  note('events/s meanwhile', rates, `${BUSY.perS}`);
  for (const [i, { what, busyMs }] of asked.entries())
    note(`${what}, ms (p50 / p95 / max)`, answers[i], `<= ${busyMs}`);
}

async function atRest(servers, note) {
  for (const { what, use, restMs } of QUESTIONS) {
    const values = [];
    for (const { url } of servers)
      values.push(median(await timesOf(() => use((path, refusal) => ask(url + path, refusal)), REST_TIMES)));
    note(`${what}, ms`, values, restMs ? `<= ${restMs}` : '');
  }
  const bytes = servers.map(({ bytesAnEvent }) => bytesAnEvent);
  note('disk an event, bytes', bytes, '<= 0.7 x');
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) };
}
