import { randomInt } from 'node:crypto';
import type { NewAccessEntry } from '../core/records/access-entry.js';
import type { NewEvent } from '../core/records/event.js';
import { DAY_MS, HOUR_MS, type Micros } from '../core/time.js';
import { AccessMaker, type RawEntry } from '../samples/access/access-maker.js';
import { EventMaker, type SampleEvent } from '../samples/events/event-maker.js';
import { Random } from '../samples/random.js';

export const DEMO_EVENTS = 20_000;
export const DEMO_ENTRIES = 20_000;
/** Five weeks: a week has one before it to be compared with, and a month is full. */
export const DEMO_DAYS = 35;
const DEVICES = 150;
const VISITORS = 1_200;
/** An incident to find: in these hours before now, far more requests fail. */
const TROUBLE = { fromH: 20, toH: 18 };
const MAX_SEED = 2 ** 47;

/** Traffic at the quietest time of a day, as a share of the busiest. */
const NIGHT = 0.2;
/** Of a day in UTC. */
const BUSIEST = 15 / 24;
const WEEKEND = 0.7;
/** Traffic at the beginning, as a share of the end: the app has grown. */
const BEGINNING = 0.7;

/** Resolution of the curve that times are drawn from. */
const STEP_MS = 60_000;

/** What an app and its web server may have seen in the five weeks before `nowMs`; each time another, unless by its seed. */
export class DemoData {
  private readonly random: Random;

  constructor(
    private readonly nowMs: number,
    private readonly seed = randomInt(MAX_SEED),
  ) {
    this.random = new Random(seed);
  }

  *events(): Generator<SampleEvent> {
    // No offline devices: their bursts would use up hours' worth of turns, and leave gaps and spikes.
    const calm = new EventMaker(this.seed, DEVICES, 0.03, 0);
    const troubled = new EventMaker(this.seed + 1, DEVICES, 0.35, 0);
    for (const atMs of this.times(DEMO_EVENTS)) {
      const event = (this.isTroubled(atMs) ? troubled : calm).next(atMs);
      // What came just now shows as that. A device whose clock is wrong has the hour right all the same.
      const isNew = atMs > this.nowMs - HOUR_MS;
      yield !isNew && this.isWithin(event.timestamp)
        ? event
        : { ...event, timestamp: new Date(atMs).toISOString() };
    }
  }

  *entries(): Generator<RawEntry> {
    const shares = { seed: this.seed, visitors: VISITORS, badShare: 0 };
    const calm = new AccessMaker({ ...shares, clientErrorShare: 0.05, serverErrorShare: 0.005 });
    const troubled = new AccessMaker({ ...shares, clientErrorShare: 0.08, serverErrorShare: 0.3 });
    for (const atMs of this.times(DEMO_ENTRIES)) {
      yield (this.isTroubled(atMs) ? troubled : calm).next(atMs).entry;
    }
  }

  // One second is the most that a web server's entry lies before its time.
  private times(count: number): number[] {
    return timesOf(this.random, this.nowMs - DEMO_DAYS * DAY_MS + 1000, this.nowMs, count);
  }

  private isTroubled(atMs: number): boolean {
    const agoH = (this.nowMs - atMs) / HOUR_MS;
    return agoH <= TROUBLE.fromH && agoH > TROUBLE.toH;
  }

  private isWithin(timestamp: string): boolean {
    const atMs = Date.parse(timestamp);
    return atMs > this.nowMs - DEMO_DAYS * DAY_MS && atMs <= this.nowMs;
  }
}

/** A sample as the server takes it when it comes over HTTP. */
export function newEventOf(sample: SampleEvent, projectId: number, receivedAt: Micros): NewEvent {
  const { duration_ms: duration, tags } = sample.properties as {
    duration_ms?: number;
    tags?: { provider: string };
  };
  return {
    projectId,
    eventId: sample.event_id,
    eventType: sample.event_type,
    eventName: sample.event_name,
    timestamp: Date.parse(sample.timestamp) * 1000,
    reportedTimestamp: null,
    createdAt: receivedAt,
    properties: JSON.stringify(sample.properties),
    deviceInfo: JSON.stringify(sample.device_info),
    durationMs: duration ?? null,
    providerName: tags?.provider ?? null,
    userId: sample.user_id ?? null,
    sessionId: sample.session_id,
    appVersion: sample.app_version,
    sequenceNumber: sample.sequence_number,
    priority: sample.priority ?? 'normal',
  };
}

/** The same for an entry. Its address is upserted whether or not this process has seen it. */
export function newEntryOf(sample: RawEntry, projectId: number, receivedAt: Micros): NewAccessEntry {
  return {
    projectId,
    timestamp: Date.parse(sample.timestamp) * 1000,
    reportedTimestamp: null,
    createdAt: receivedAt,
    ip: sample.ip,
    upsertIp: true,
    method: sample.method,
    path: sample.path,
    status: sample.status,
    latencyMs: sample.latency_ms,
    userAgent: sample.user_agent,
  };
}

/**
 * So many times between two, in order: more by day than by night, on working days, and towards the end. One is drawn from each of
 * `count` parts of equal weight: drawn freely, a quiet hour (the last one, too) would now and then have none.
 */
function timesOf(random: Random, fromMs: number, toMs: number, count: number): number[] {
  const steps = Math.ceil((toMs - fromMs) / STEP_MS);
  const stepMs = (toMs - fromMs) / steps;
  const weights = Array.from({ length: steps }, (_, step) => {
    const grown = BEGINNING + (1 - BEGINNING) * (step / steps);
    return busyAt(fromMs + step * stepMs) * grown;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [step, before] = [0, 0];
  return Array.from({ length: count }, (_, part) => {
    const drawn = ((part + random.unit()) / count) * total;
    while (step < steps - 1 && before + weights[step] <= drawn) before += weights[step++];
    const within = Math.min((drawn - before) / weights[step], 1);
    return Math.floor(fromMs + (step + within) * stepMs);
  });
}

/** 0 to 1. */
function busyAt(atMs: number): number {
  const ofDay = (atMs % DAY_MS) / DAY_MS;
  const ofWeek = [0, 6].includes(new Date(atMs).getUTCDay()) ? WEEKEND : 1;
  return ofWeek * (NIGHT + (1 - NIGHT) * (0.5 + 0.5 * Math.cos(2 * Math.PI * (ofDay - BUSIEST))));
}
