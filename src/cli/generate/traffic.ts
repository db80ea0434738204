import type { RawEvent } from '../../events/event.schema.js';
import { EventMaker } from '../../samples/events/event-maker.js';
import { Random } from '../../samples/random.js';

const RECENT = 1000;
const STREAM = 0x8000_0000;

const flaws: readonly ((event: RawEvent) => object)[] = [
  (event) => ({ ...event, event_id: undefined }),
  (event) => ({ ...event, event_id: '' }),
  (event) => ({ ...event, event_type: 'click' }),
  (event) => ({ ...event, event_name: event.event_name.padEnd(101, '_') }),
  (event) => ({ ...event, timestamp: 'yesterday' }),
  (event) => ({ ...event, properties: 'duration=12' }),
  (event) => ({ ...event, device_info: ['phone'] }),
  (event) => ({ ...event, sequence_number: 2 ** 31 }),
  (event) => ({ ...event, priority: 'urgent' }),
  (event) => ({ ...event, user_id: 'user\0' }),
];

export interface TrafficOptions {
  /** A whole number up to 2^53. */
  seed: number;
  devices: number;
  /** Shares of what is made, 0 to 1. */
  badShare: number;
  copyShare: number;
  /** Of the events, how many have the type `error`. */
  errorShare: number;
}

/** One thing that is sent. */
export interface Sent {
  /** null for what has none. */
  eventId: string | null;
  /** `copy`: a good one that was made before, sent again on purpose. */
  kind: 'good' | 'bad' | 'copy';
}

/** An event to send. */
export interface Item extends Sent {
  json: string;
}

/** What is sent, in order: good events, and bad ones and copies as wished. */
export class Traffic {
  private readonly random: Random;
  private readonly events: EventMaker;
  private readonly recent: Item[] = [];
  private goodMade = 0;

  constructor(private readonly options: TrafficOptions) {
    this.random = new Random(options.seed, STREAM);
    this.events = new EventMaker(options.seed, options.devices, options.errorShare);
  }

  next(nowMs: number): Item {
    const { badShare, copyShare } = this.options;
    const point = this.random.unit();
    if (point < badShare) return this.bad(nowMs);
    if (point < badShare + copyShare && this.recent.length > 0) {
      return { ...this.random.of(this.recent), kind: 'copy' };
    }
    return this.good(nowMs);
  }

  private good(nowMs: number): Item {
    const event = this.events.next(nowMs);
    const item: Item = { json: JSON.stringify(event), eventId: event.event_id, kind: 'good' };
    if (this.options.copyShare > 0) this.recent[this.goodMade++ % RECENT] = item;
    return item;
  }

  private bad(nowMs: number): Item {
    const event = spoil(this.events.next(nowMs), this.random) as { event_id?: string };
    return { json: JSON.stringify(event), eventId: event.event_id ?? null, kind: 'bad' };
  }
}

/** The event with one flaw, for which a server must refuse it. */
function spoil(event: RawEvent, random: Random): object {
  return random.of(flaws)(event);
}
