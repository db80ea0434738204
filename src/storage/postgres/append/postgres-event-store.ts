import { Logger } from '@nestjs/common';
import type { NewEvent, Receipt } from '../../../core/event.js';
import { EventStore } from '../../../core/event-store.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import type { Queryable } from '../sql.js';
import { appendEvents } from './append-events.js';
import { appendRecords } from './append-records.js';
import { selectKeyIds } from './select-key-ids.js';

/** Appends to PostgreSQL: keys, rows and rollup deltas in one statement, and so in one transaction. */
export class PostgresEventStore extends EventStore {
  private readonly logger = new Logger(PostgresEventStore.name);

  constructor(private readonly database: Database) {
    super();
  }

  append(events: readonly NewEvent[]): Promise<Receipt[]> {
    return appendRecords<NewEvent, Receipt>(events, {
      store: (some) => appendDistinct(this.database.ingest, some),
      makeRoom: (days) => ensurePartitions(this.database.operations, 'events', days),
      refuse: (error) => {
        this.logger.warn(`The database refused an event: ${error.message}`);
        return { outcome: 'rejected', message: 'The database refused this event' };
      },
    });
  }
}

/** Appends each event once, also where one stands twice in `events`. */
async function appendDistinct(db: Queryable, events: readonly NewEvent[]): Promise<Receipt[]> {
  const { distinct, places } = distinctEvents(events);
  const stored = await appendEvents(db, distinct);
  // Everything is stored in nearly every flush: only a repeated event costs a second question.
  const known = stored.size < distinct.length ? await selectKeyIds(db, distinct) : stored;
  let firsts = 0;
  return places.map((place): Receipt => {
    const isFirst = place === firsts;
    if (isFirst) firsts++;
    return { outcome: isFirst && stored.has(place) ? 'stored' : 'duplicate', id: known.get(place)! };
  });
}

/** The events without repetitions, and for each event its place among those: places rise by one from first to first. */
function distinctEvents(events: readonly NewEvent[]): { distinct: readonly NewEvent[]; places: number[] } {
  const projects = new Map<number, Map<string, number>>();
  const distinct: NewEvent[] = [];
  const places = events.map((event) => {
    let placeOf = projects.get(event.projectId);
    if (!placeOf) projects.set(event.projectId, (placeOf = new Map<string, number>()));
    const known = placeOf.get(event.eventId);
    if (known !== undefined) return known;
    placeOf.set(event.eventId, distinct.length);
    return distinct.push(event) - 1;
  });
  return { distinct, places };
}
