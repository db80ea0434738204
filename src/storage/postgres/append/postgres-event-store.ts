import { Logger } from '@nestjs/common';
import type { NewEvent, Receipt } from '../../../core/event.js';
import { EventStore } from '../../../core/event-store.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { inTransaction } from '../transaction.js';
import { isMissingPartition, isRefusedRecord, isTransient } from './append-errors.js';
import { insertDeltas } from './insert-deltas.js';
import { insertEvents } from './insert-events.js';
import { insertKeys } from './insert-keys.js';
import { uuidText, type KeyedEvent } from './keyed-event.js';
import { selectKeyIds } from './select-key-ids.js';
import type pg from 'pg';

const MAX_ATTEMPTS = 4;

/** Appends to PostgreSQL: keys, rows and rollup deltas in one transaction. */
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
        return await inTransaction(this.database.ingest, (db) => writeAll(db, events));
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
        if (isMissingPartition(error)) {
          await ensurePartitions(this.database.query, events.map(dayOf));
        } else if (!isTransient(error)) {
          throw error;
        }
      }
    }
  }
}

async function writeAll(db: pg.PoolClient, events: readonly NewEvent[]): Promise<Receipt[]> {
  const uuids = events.map((event) => uuidText(event.key));
  const first = new Map<string, number>();
  uuids.forEach((uuid, index) => first.has(uuid) || first.set(uuid, index));
  const sorted: KeyedEvent[] = [...first].map(([uuid, index]) => ({ uuid, event: events[index] }));
  sorted.sort((a, b) => (a.uuid < b.uuid ? -1 : 1));

  const claimed = await insertKeys(db, sorted);
  if (claimed.size > 0) {
    const fresh = [...first]
      .filter(([uuid]) => claimed.has(uuid))
      .map(([uuid, index]) => ({ id: claimed.get(uuid)!, event: events[index] }));
    await insertEvents(db, fresh);
    await insertDeltas(db, fresh);
  }
  const known = claimed.size < sorted.length ? await idsOfOthers(db, sorted, claimed) : claimed;
  return uuids.map((uuid, index): Receipt =>
    claimed.has(uuid) && first.get(uuid) === index
      ? { outcome: 'stored', id: claimed.get(uuid)! }
      : { outcome: 'duplicate', id: (claimed.get(uuid) ?? known.get(uuid))! },
  );
}

function idsOfOthers(db: pg.PoolClient, sorted: readonly KeyedEvent[], claimed: Map<string, number>) {
  return selectKeyIds(
    db,
    sorted.filter(({ uuid }) => !claimed.has(uuid)).map(({ uuid }) => uuid),
  );
}

function dayOf(event: NewEvent): string {
  return new Date(event.createdAt / 1000).toISOString().slice(0, 10);
}
