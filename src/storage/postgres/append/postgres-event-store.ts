import { Logger } from '@nestjs/common';
import type { Block } from '../../../core/counting/count-store.js';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import { EventStore } from '../../../core/ports/event-store.js';
import type { LogBatch, LogPosition } from '../../../core/ports/log-append.js';
import type { NewEvent, Receipt } from '../../../core/records/event.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { inSavepoint, inTransaction } from '../transaction.js';
import { appendEvents, eventKey } from './append-events.js';
import { appendRecords, retried, type RecordStore } from './append-records.js';
import { movePositions, selectPositions } from './log-positions.js';

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
    const store = (some: readonly NewEvent[]) =>
      this.appendDistinct(this.database.ingest, some, (block) => this.pending.add(block));
    return appendRecords(events, this.records(store));
  }

  async appendFrom({ records, moves, settle }: LogBatch<NewEvent, Receipt>): Promise<Receipt[]> {
    const { receipts, blocks } = await retried(() =>
      inTransaction(this.database.ingest, async (db) => {
        const blocks: Block[] = [];
        await movePositions(db, moves);
        const store = (some: readonly NewEvent[]) =>
          inSavepoint(db, () => this.appendDistinct(db, some, (block) => blocks.push(block)));
        const receipts = await appendRecords(records, this.records(store));
        await settle(receipts);
        return { receipts, blocks };
      }),
    );
    // only now that they are committed
    for (const block of blocks) this.pending.add(block);
    return receipts;
  }

  positions(topicIds: readonly string[]): Promise<LogPosition[]> {
    return selectPositions(this.database.query, topicIds);
  }

  private records(store: RecordStore<NewEvent, Receipt>['store']): RecordStore<NewEvent, Receipt> {
    return {
      store,
      makeRoom: (days) => ensurePartitions(this.database.operations, 'events', days),
      refuse: (error) => {
        this.logger.warn(`The database refused an event: ${error.message}`);
        return { outcome: 'rejected', message: 'The database refused this event', cause: error.message };
      },
    };
  }

  /** Appends each event once, also where one stands twice in `events`. */
  private async appendDistinct(
    db: Queryable,
    events: readonly NewEvent[],
    appended: (block: Block) => void,
  ): Promise<Receipt[]> {
    const { distinct, places } = distinctEvents(events);
    const { ids: stored, block } = await appendEvents(db, distinct);
    if (block) appended(block);
    // In nearly every flush all events are new: only a repeated one costs a second query.
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
