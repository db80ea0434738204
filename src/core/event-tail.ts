import type { EventFilter } from './event-reader.js';
import type { StoredEvent } from './event.js';

/** How far the ids of events have come, all projects together. */
export interface TailHead {
  /** What reads from now on sees every event with an id up to this that ever will be there. */
  watermark: number;
  /**
   * Worth reading up to here: the same as `watermark`, or, while a writer takes long, the highest id that was given.
   * What it writes appears later, below ids that can be seen already.
   */
  readLimit: number;
  /** When that was so, in milliseconds since the epoch. */
  atMs: number;
}

/** A stretch of ids. */
export interface TailRange {
  /** Exclusive. */
  after: number;
  /** Inclusive. */
  upTo: number;
  /** Ids in between that are known already. */
  except: readonly number[];
  /** When `after` was given, about: ids after it are of events received later, or at most MAX_LAG_DAYS before. */
  sinceMs: number;
}

/** The first events of a range. */
export interface TailPage {
  events: StoredEvent[];
  /** There are no others in the range. */
  isWhole: boolean;
}

/** An event may be stored so long after its receipt. */
export const MAX_LAG_DAYS = 8;

/** Follows what is stored, whichever process stores it. Ids are given in order, and become visible in any. */
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
