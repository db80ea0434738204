import { Logger } from '@nestjs/common';
import type { NewEvent, Receipt } from '../../../core/event.js';
import { EventStore } from '../../../core/event-store.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { inPipelinedTransaction } from '../transaction.js';
import { isMissingPartition, isRefusedRecord, isTransient } from './append-errors.js';
import { insertDeltas } from './insert-deltas.js';
import { insertEvents } from './insert-events.js';
import { insertKeys } from './insert-keys.js';
import { uuidText, type IdentifiedEvent } from './identified-event.js';
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
        return await inPipelinedTransaction(this.database.ingest, (db, commit) =>
          writeAll(db, events, commit),
        );
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

type Commit = () => Promise<void>;

async function writeAll(db: pg.PoolClient, events: readonly NewEvent[], commit: Commit): Promise<Receipt[]> {
  const uuids = events.map((event) => uuidText(event.key));
  const first = new Map<string, number>();
  uuids.forEach((uuid, index) => first.has(uuid) || first.set(uuid, index));
  const distinct = [...first.values()].map((index) => events[index]);

  const claimed = await insertKeys(db, distinct);
  const fresh: IdentifiedEvent[] = [];
  for (const [uuid, index] of first) {
    const id = claimed.get(uuid);
    if (id !== undefined) fresh.push({ id, event: events[index] });
  }
  const others = [...first.keys()].filter((uuid) => !claimed.has(uuid));
  const [known] = await allOrFirstError([
    others.length > 0 ? selectKeyIds(db, others) : claimed,
    ...(fresh.length > 0 ? [insertEvents(db, fresh), insertDeltas(db, fresh)] : []),
    commit(),
  ]);
  return uuids.map((uuid, index): Receipt => {
    const id = claimed.get(uuid);
    if (id === undefined) return { outcome: 'duplicate', id: known.get(uuid)! };
    return { outcome: first.get(uuid) === index ? 'stored' : 'duplicate', id };
  });
}

/** Waits for all: a statement on the way must not be answered into the next transaction. The first error is the cause of the rest. */
async function allOrFirstError<T extends [unknown, ...unknown[]]>(
  work: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}

function dayOf(event: NewEvent): string {
  return new Date(event.createdAt / 1000).toISOString().slice(0, 10);
}
