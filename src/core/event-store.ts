import type { NewEvent, Receipt } from './event.js';

export abstract class EventStore {
  /**
   * Resolves once every row is durable, with one receipt an event, in order.
   * A repeated event_id is reported, not stored. An event that the store refuses is rejected; its neighbours are stored.
   * @throws SightlineError `storage_unavailable`: nothing is known of what became of these events; appending them again is safe.
   */
  abstract append(events: readonly NewEvent[]): Promise<Receipt[]>;
}
