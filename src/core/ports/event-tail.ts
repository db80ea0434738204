import type { StoredEvent } from '../records/event.js';
import type { EventFilter } from './event-reader.js';

/** How far the ids of events have come, all projects together. */
export interface TailHead {
  /** Every event with an id up to this that will ever exist is visible to reads from now on. */
  watermark: number;
  /**
   * Worth reading up to here: the same as `watermark`, or, while a writer takes long, the highest id that was given.
   * What it writes appears later, below ids that can be seen already.
   */
  readLimit: number;
  /** When this was determined, in milliseconds since the epoch. */
  atMs: number;
}

/** A stretch of ids. */
export interface TailRange {
  /** Exclusive. */
  after: number;
  /** Inclusive. */
  upTo: number;
  /** Ids in the range that were read already. */
  except: readonly number[];
  /** When `after` was assigned, about: later ids belong to events received after that, or at most MAX_LAG_DAYS before. */
  sinceMs: number;
}

/** The first events of a range. */
export interface TailPage {
  events: StoredEvent[];
  /** Whether these are all events of the range. */
  isWhole: boolean;
}

/** Longest time between an event's receipt and its storage. */
export const MAX_LAG_DAYS = 8;

/** Follows the stored events of all processes. Ids are assigned in order, but become visible in any order. */
export abstract class EventTail {
  /** @throws SightlineError `storage_unavailable` */
  abstract head(): Promise<TailHead>;

  /** At most `limit` events of a range, of about `maxBytes` of JSON, in the order of their ids. @throws SightlineError `storage_unavailable`, `timeout` */
  abstract tail(
    projectId: number,
    filter: EventFilter,
    range: TailRange,
    limit: number,
    maxBytes: number,
  ): Promise<TailPage>;
}
