import { randomInt } from 'node:crypto';
import { AccessMaker, type RawEntry } from '../samples/access/access-maker.js';
import { EventMaker, type SampleEvent } from '../samples/events/event-maker.js';
import { Random } from '../samples/random.js';
import { timesOf } from './demo-times.js';

export const DEMO_EVENTS = 6_000;
export const DEMO_ENTRIES = 6_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 7;
const DEVICES = 120;
const VISITORS = 900;
/** Something to find: for these hours before now, much more fails. */
const TROUBLE = { fromH: 20, toH: 18 };
const MAX_SEED = 2 ** 47;

/** What an app and its web server may have seen in the week before `nowMs`; each time another. */
export class DemoData {
  private readonly seed = randomInt(MAX_SEED);
  private readonly random = new Random(this.seed);

  constructor(private readonly nowMs: number) {}

  *events(): Generator<SampleEvent> {
    const calm = new EventMaker(this.seed, DEVICES, 0.03);
    const troubled = new EventMaker(this.seed + 1, DEVICES, 0.35);
    for (const atMs of this.times(DEMO_EVENTS)) {
      const event = (this.isTroubled(atMs) ? troubled : calm).next(atMs);
      // A device whose clock is wrong, or that was offline since before the week began, has the hour right all the same.
      yield this.isWithin(event.timestamp) ? event : { ...event, timestamp: new Date(atMs).toISOString() };
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
    return timesOf(this.random, this.nowMs - DAYS * DAY_MS + 1000, this.nowMs, count);
  }

  private isTroubled(atMs: number): boolean {
    const agoH = (this.nowMs - atMs) / HOUR_MS;
    return agoH <= TROUBLE.fromH && agoH > TROUBLE.toH;
  }

  private isWithin(timestamp: string): boolean {
    const atMs = Date.parse(timestamp);
    return atMs > this.nowMs - DAYS * DAY_MS && atMs <= this.nowMs;
  }
}
