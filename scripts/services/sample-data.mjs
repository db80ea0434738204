// Days of an app and its shop, as `sightline generate` makes them, but over a past that looks lived in: quiet nights,
// somewhat quieter weekends, and one bad hour. For pictures and measurements of the dashboard.
import { AccessMaker } from '../../dist/src/samples/access/access-maker.js';
import { EventMaker } from '../../dist/src/samples/events/event-maker.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEED = 20_260_501;
const EVENTS_A_BATCH = 1000;
const ENTRIES_A_BATCH = 10_000;
const AT_ONCE = 4;
/** When things went wrong, before the newest record. */
const INCIDENT = { fromMs: 7.2 * HOUR_MS, toMs: 6.4 * HOUR_MS };

/** Posts `events` events and `entries` access entries of the last `days`, the newest of now; the same seed makes the same ids. */
export async function fillWithSampleData({ url, key }, { days, events, entries, seed = SEED }) {
  const nowMs = Date.now();
  const batches = [
    ...batchesOf(eventsOf(timesOf(events, days, nowMs), nowMs, seed), EVENTS_A_BATCH).map((logs) => [
      '/api/v1/batch-ingest',
      { logs },
    ]),
    ...batchesOf(entriesOf(timesOf(entries, days, nowMs), nowMs, seed), ENTRIES_A_BATCH).map((some) => [
      '/logs',
      some,
    ]),
  ];
  const post = async ([path, body]) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  const lane = async () => {
    for (let next = batches.shift(); next; next = batches.shift()) await post(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Times in order, as busy as the hours they are in. */
function timesOf(count, days, nowMs) {
  const steps = Math.ceil(days * 96);
  const fromMs = nowMs - days * DAY_MS;
  const stepMs = (days * DAY_MS) / steps;
  const weights = Array.from({ length: steps }, (_, n) => busyness(fromMs + n * stepMs));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let due = 0;
  return weights.flatMap((weight, n) => {
    due += (weight / total) * count;
    const whole = Math.floor(due);
    due -= whole;
    return Array.from({ length: whole }, (_, i) => fromMs + (n + i / whole) * stepMs);
  });
}

/** From 0.25 in the night to 1 in the early evening; two thirds of it at weekends. */
function busyness(ms) {
  const date = new Date(ms);
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
  const byHour = 0.62 - 0.38 * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
  const jitter = 1 + 0.12 * Math.sin(ms / 1_700_000) * Math.cos(ms / 5_300_000);
  return byHour * jitter * ([0, 6].includes(date.getUTCDay()) ? 0.8 : 1);
}

const isIncident = (ms, nowMs) => ms > nowMs - INCIDENT.fromMs && ms < nowMs - INCIDENT.toMs;

function eventsOf(times, nowMs, seed) {
  const usual = new EventMaker(seed, 900, 0.021);
  const bad = new EventMaker(seed + 1, 300, 0.16);
  return times.map((ms) => (isIncident(ms, nowMs) ? bad : usual).next(ms));
}

function entriesOf(times, nowMs, seed) {
  const shares = {
    seed,
    visitors: 2500,
    badShare: 0,
    clientErrorShare: 0.034,
    serverErrorShare: 0.006,
  };
  const usual = new AccessMaker(shares);
  const bad = new AccessMaker({ ...shares, serverErrorShare: 0.12 });
  return times.map((ms) => {
    const during = isIncident(ms, nowMs);
    const { entry } = (during ? bad : usual).next(ms);
    return during ? { ...entry, latency_ms: entry.latency_ms * 4 } : entry;
  });
}

const batchesOf = (records, size) =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, n) => records.slice(n * size, (n + 1) * size));
