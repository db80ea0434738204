import type { AccessReceipt, NewAccessEntry } from '../records/access-entry.js';
import type { NewEvent, Receipt } from '../records/event.js';
import type { OnceRequest, OnceResult } from './access-store.js';

/** Takes accepted records to their store. */
abstract class RecordDelivery<NewRecord, RecordReceipt> {
  /**
   * Resolves once the records are durable, with one receipt a record, in order.
   * @throws SightlineError `overloaded` at once when there is no room, `shutting_down` after `stop`, `storage_unavailable`.
   */
  abstract append(records: readonly NewRecord[], bytes: number): Promise<RecordReceipt[]>;

  /** Records taken in and not yet acknowledged. */
  abstract depth(): number;

  /** Milliseconds that records have been waiting without any being stored; 0 where none wait. */
  abstract stalledMs(): number;

  /** Takes nothing more in; resolves when what was taken in is answered. */
  abstract stop(): Promise<void>;
}

export abstract class Delivery extends RecordDelivery<NewEvent, Receipt> {}

export abstract class AccessDelivery extends RecordDelivery<NewAccessEntry, AccessReceipt> {
  /** As AccessStore.appendOnce: all of the request in a transaction of its own. */
  abstract appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult>;
}
