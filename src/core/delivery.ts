import type { AccessReceipt, NewAccessEntry } from './access-entry.js';
import type { OnceRequest, OnceResult } from './access-store.js';
import type { NewEvent, Receipt } from './event.js';

/** Takes accepted records to the store. */
export abstract class Delivery {
  /**
   * Resolves once the events are durable, with one receipt an event, in order.
   * @throws SightlineError `overloaded` at once when there is no room, `shutting_down` after `stop`, `storage_unavailable`.
   */
  abstract append(events: readonly NewEvent[], bytes: number): Promise<Receipt[]>;

  /** Records taken in and not yet acknowledged. */
  abstract depth(): number;

  /** Milliseconds that records have been waiting without any being stored; 0 where none wait. */
  abstract stalledMs(): number;

  /** Takes nothing more in; resolves when what was taken in is answered. */
  abstract stop(): Promise<void>;
}

/** Takes accepted access entries to their store. */
export abstract class AccessDelivery {
  /**
   * Resolves once the entries are durable, with one receipt an entry, in order.
   * @throws SightlineError `overloaded` at once when there is no room, `shutting_down` after `stop`, `storage_unavailable`.
   */
  abstract append(entries: readonly NewAccessEntry[], bytes: number): Promise<AccessReceipt[]>;

  /** As AccessStore.appendOnce: all of the request in a transaction of its own. */
  abstract appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult>;

  /** Records taken in and not yet acknowledged. */
  abstract depth(): number;

  /** Milliseconds that records have been waiting without any being stored; 0 where none wait. */
  abstract stalledMs(): number;

  /** Takes nothing more in; resolves when what was taken in is answered. */
  abstract stop(): Promise<void>;
}
