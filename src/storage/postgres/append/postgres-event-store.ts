import { Logger } from '@nestjs/common';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import { EventStore } from '../../../core/event-store.js';
import type { NewEvent, Receipt } from '../../../core/event.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { appendEvents, eventKey } from './append-events.js';
import { appendRecords } from './append-records.js';

const SQL = `
select position::int - 1 as index, id
from unnest($1::uuid[]) with ordinality as given (key, position)
join event_keys using (key)`;

/** Appends to PostgreSQL: keys, rows and what is to be counted in one statement, and so in one transaction. */
export class PostgresEventStore extends EventStore {
  private readonly logger = new Logger(PostgresEventStore.name);

  /** @param pending where what is to be counted is kept in memory. */
  constructor(
    private readonly database: Database,
    private readonly pending: PendingBlocks,
  ) {
    super();
  }

  append(events: readonly NewEvent[]): Promise<Receipt[]> {
    return appendRecords<NewEvent, Receipt>(events, {
      store: (some) => this.appendDistinct(some),
      makeRoom: (days) => ensurePartitions(this.database.operations, 'events', days),
      refuse: (error) => {
        this.logger.warn(`The database refused an event: ${error.message}`);
        return { outcome: 'rejected', message: 'The database refused this event', cause: error.message };
      },
    });
  }

  /** Appends each event once, also where one stands twice in `events`. */
  private async appendDistinct(events: readonly NewEvent[]): Promise<Receipt[]> {
    const db = this.database.ingest;
    const { distinct, places } = distinctEvents(events);
    const { ids: stored, block } = await appendEvents(db, distinct);
    if (block) this.pending.add(block.id, block.rows);
    // Everything is stored in nearly every flush: only a repeated event costs a second query.
    const known = stored.size < distinct.length ? await selectKeyIds(db, distinct) : stored;
    let firsts = 0;
    return places.map((place): Receipt => {
      const isFirst = place === firsts;
      if (isFirst) firsts++;
      return { outcome: isFirst && stored.has(place) ? 'stored' : 'duplicate', id: known.get(place)! };
    });
  }
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

/** Ids of events that were stored before, by index. */
async function selectKeyIds(
  db: Queryable,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<number, number>> {
  const known = await rows<{ index: number; id: number }>(db, {
    name: 'append.select-keys',
    text: SQL,
    values: [events.map(({ projectId, eventId }) => eventKey(projectId, eventId))],
  });
  return new Map(known.map(({ index, id }) => [index, id]));
}
