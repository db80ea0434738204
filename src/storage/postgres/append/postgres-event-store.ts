import { Logger } from '@nestjs/common';
import type { NewEvent, Receipt } from '../../../core/event.js';
import { EventStore } from '../../../core/event-store.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import type { Queryable } from '../sql.js';
import { appendEvents } from './append-events.js';
import { isMissingPartition, isRefusedRecord, isTransient } from './append-errors.js';
import { selectKeyIds } from './select-key-ids.js';

const MAX_ATTEMPTS = 4;

/** Appends to PostgreSQL: keys, rows and rollup deltas in one statement, and so in one transaction. */
export class PostgresEventStore extends EventStore {
  private readonly logger = new Logger(PostgresEventStore.name);

  constructor(private readonly database: Database) {
    super();
  }

  async append(events: readonly NewEvent[]): Promise<Receipt[]> {
    if (events.length === 0) return [];
    try {
      return await this.appendTogether(events);
    } catch (error) {
      if (!isRefusedRecord(error)) throw error;
      return this.splitOff(events, error);
    }
  }

  // The database does not say which record it refused: halves until it stands alone.
  private async splitOff(events: readonly NewEvent[], error: Error): Promise<Receipt[]> {
    if (events.length === 1) {
      this.logger.warn(`The database refused an event: ${error.message}`);
      return [{ outcome: 'rejected', message: 'The database refused this event' }];
    }
    const middle = events.length >> 1;
    const first = await this.append(events.slice(0, middle));
    return first.concat(await this.append(events.slice(middle)));
  }

  private async appendTogether(events: readonly NewEvent[]): Promise<Receipt[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await appendDistinct(this.database.ingest, events);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
        if (isMissingPartition(error)) {
          await ensurePartitions(this.database.query, 'events', events.map(dayOf));
        } else if (!isTransient(error)) {
          throw error;
        }
      }
    }
  }
}

/** Appends each event once, also where one stands twice in `events`. */
async function appendDistinct(db: Queryable, events: readonly NewEvent[]): Promise<Receipt[]> {
  const { distinct, places } = distinctEvents(events);
  const stored = await appendEvents(db, distinct);
  // Everything is stored in nearly every flush: only a repeated event costs a second question.
  const known = stored.size < distinct.length ? await selectKeyIds(db, distinct) : stored;
  const told = new Set<number>();
  return places.map((place): Receipt => {
    const isNew = stored.has(place) && !told.has(place);
    told.add(place);
    return { outcome: isNew ? 'stored' : 'duplicate', id: known.get(place)! };
  });
}

/** The events without repetitions, and for each event its place among those. */
function distinctEvents(events: readonly NewEvent[]): { distinct: readonly NewEvent[]; places: number[] } {
  const placeOf = new Map<string, number>();
  const distinct: NewEvent[] = [];
  const places = events.map((event) => {
    const identity = `${event.projectId} ${event.eventId}`;
    const known = placeOf.get(identity);
    if (known !== undefined) return known;
    placeOf.set(identity, distinct.length);
    return distinct.push(event) - 1;
  });
  return { distinct, places };
}

function dayOf(event: NewEvent): string {
  return new Date(event.createdAt / 1000).toISOString().slice(0, 10);
}
