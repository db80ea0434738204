import type { NewEvent, Receipt } from '../records/event.js';
import type { LogBatch, LogPosition } from './log-append.js';

export abstract class EventStore {
  /**
   * Resolves once every row is durable, with one receipt an event, in order.
   * A repeated event_id is reported, not stored. An event that the store refuses is rejected; its neighbours are stored.
   * @throws SightlineError `storage_unavailable`: nothing is known of what became of these events; appending them again is safe.
   */
  abstract append(events: readonly NewEvent[]): Promise<Receipt[]>;

  /**
   * As `append`, and moves the reader of a log in the same transaction.
   * @throws PositionMoved
   */
  abstract appendFrom(batch: LogBatch<NewEvent, Receipt>): Promise<Receipt[]>;

  /** How far these topics are stored; a partition of which nothing is has none. */
  abstract positions(topicIds: readonly string[]): Promise<LogPosition[]>;
}
