import { randomInt } from 'node:crypto';
import type { NewAccessEntry } from '../core/access-entry.js';
import type { Micros, NewEvent } from '../core/event.js';
import { AccessMaker, type RawEntry } from '../samples/access/access-maker.js';
import { EventMaker, type SampleEvent } from '../samples/events/event-maker.js';
import { Random } from '../samples/random.js';
import { timesOf } from './demo-times.js';

export const DEMO_EVENTS = 20_000;
export const DEMO_ENTRIES = 20_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Five weeks: a week has one before it to be compared with, and a month is full. */
export const DEMO_DAYS = 35;
const DEVICES = 150;
const VISITORS = 1_200;
/** An incident to find: in these hours before now, far more requests fail. */
const TROUBLE = { fromH: 20, toH: 18 };
const MAX_SEED = 2 ** 47;

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
