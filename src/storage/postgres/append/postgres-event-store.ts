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
          await ensurePartitions(this.database.query, events.map(dayOf));
        } else if (!isTransient(error)) {
          throw error;
        }
      }
    }
  }
}

/** Appends each event once, also where one stands twice in `events`. */
async function appendDistinct(db: Queryable, events: readonly NewEvent[]): Promise<Receipt[]> {
  const uuids = events.map((event) => uuidText(event.key));
  const first = new Map<string, number>();
  uuids.forEach((uuid, index) => first.has(uuid) || first.set(uuid, index));
  const distinct = first.size < events.length ? [...first.values()].map((index) => events[index]) : events;

  const stored = await appendEvents(db, distinct);
  const others = stored.size < first.size ? [...first.keys()].filter((uuid) => !stored.has(uuid)) : [];
  const known = others.length > 0 ? await selectKeyIds(db, others) : stored;
  return uuids.map((uuid, index): Receipt => {
    const id = stored.get(uuid);
    if (id === undefined) return { outcome: 'duplicate', id: known.get(uuid)! };
    return { outcome: first.get(uuid) === index ? 'stored' : 'duplicate', id };
  });
}

/** A key as PostgreSQL writes a uuid. */
function uuidText(key: Buffer): string {
  const hex = key.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function dayOf(event: NewEvent): string {
  return new Date(event.createdAt / 1000).toISOString().slice(0, 10);
}
