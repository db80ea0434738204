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
const SHARES = { seed: SEED, visitors: 2500, badShare: 0, clientErrorShare: 0.034, serverErrorShare: 0.006 };
/** When things went wrong, before the newest record. */
const INCIDENT = { fromMs: 7.2 * HOUR_MS, toMs: 6.4 * HOUR_MS };

/** Traffic of one app and its shop, into a server. */
export class SampleTraffic {
  #server;
  #usual = new EventMaker(SEED, 900, 0.021);
  #bad = new EventMaker(SEED + 1, 300, 0.16);
  #entries = new AccessMaker(SHARES);
  #badEntries = new AccessMaker({ ...SHARES, serverErrorShare: 0.12 });

  constructor({ url, key }) {
    this.#server = { url, key };
  }

  /** Posts `events` events and `entries` access entries of the last `days`, the newest of now. */
  async fill({ days, events, entries }) {
    const nowMs = Date.now();
    const logs = timesOf(events, days, nowMs).map((ms) => this.#event(ms, nowMs));
    const accesses = timesOf(entries, days, nowMs).map((ms) => this.#entry(ms, nowMs));
    const batches = [
      ...batchesOf(logs, EVENTS_A_BATCH).map((some) => () => this.#postEvents(some)),
      ...batchesOf(accesses, ENTRIES_A_BATCH).map((some) => () => this.#post('/logs', some)),
    ];
    const lane = async () => {
      for (let next = batches.shift(); next; next = batches.shift()) await next();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  /** Events and entries of this moment. */
  async now({ events, entries }) {
    const nowMs = Date.now();
    await this.#postEvents(Array.from({ length: events }, () => this.#usual.next(nowMs)));
    await this.#post(
      '/logs',
      Array.from({ length: entries }, () => this.#entries.next(nowMs).entry),
    );
  }

  #event(ms, nowMs) {
    return (isIncident(ms, nowMs) ? this.#bad : this.#usual).next(ms);
  }

  #entry(ms, nowMs) {
    if (!isIncident(ms, nowMs)) return this.#entries.next(ms).entry;
    const { entry } = this.#badEntries.next(ms);
    return { ...entry, latency_ms: entry.latency_ms * 4 };
  }

  #postEvents(logs) {
    return this.#post('/api/v1/batch-ingest', { logs });
  }

  async #post(path, body) {
    const { url, key } = this.#server;
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
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

const batchesOf = (records, size) =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, n) => records.slice(n * size, (n + 1) * size));
