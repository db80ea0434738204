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

  /** Takes nothing more in; resolves when what was taken in is answered. */
  abstract stop(): Promise<void>;
}
