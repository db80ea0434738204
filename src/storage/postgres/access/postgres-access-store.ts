import { Logger } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '../../../config/settings.js';
import type { Block } from '../../../core/counting/count-store.js';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import {
  AccessStore,
  type AccessLogBatch,
  type OnceRequest,
  type OnceResult,
} from '../../../core/ports/access-store.js';
import type { LogPosition } from '../../../core/ports/log-append.js';
import type { AccessReceipt, NewAccessEntry } from '../../../core/records/access-entry.js';
import { KeyedMutex } from '../../keyed-mutex.js';
import { appendRecords, retried, type RecordStore } from '../append/append-records.js';
import { movePositions, selectPositions } from '../append/log-positions.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import type { Queryable } from '../sql.js';
import { inSavepoint, inTransaction } from '../transaction.js';
import { appendEntries, appendNotingEntries } from './append-entries.js';
import { answerTo, appendOnce } from './append-once.js';
import type { PostgresAddressUpserts } from './upsert-addresses.js';

export interface AccessStoreOptions {
  /** Which entries are kept as rows; all are counted. */
  keep: Config['accessLogKeep'];
  /** The same object as the PostgresAddressStore's that counts them. */
  addresses: PostgresAddressUpserts;
  /** Where what is to be counted is kept in memory. */
  pending: PendingBlocks;
}

/** Appends to PostgreSQL: rows, what is to be counted and new addresses in one statement, and so in one transaction. */
export class PostgresAccessStore extends AccessStore {
  private readonly logger = new Logger(PostgresAccessStore.name);
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly database: Database,
    private readonly options: AccessStoreOptions,
  ) {
    super();
  }

  append(entries: readonly NewAccessEntry[]): Promise<AccessReceipt[]> {
    const { keep, addresses, pending } = this.options;
    const store = async (some: readonly NewAccessEntry[]): Promise<AccessReceipt[]> => {
      const { receipts, block } = await appendNotingEntries(this.database.ingest, some, keep, addresses);
      pending.add(block);
      return receipts;
    };
    return appendRecords(entries, this.records(store));
  }

  // Repeats of one request wait here: in the database each of them would hold a connection meanwhile.
  appendOnce(request: OnceRequest): Promise<OnceResult> {
    return this.mutex.runExclusive(`${request.projectId} ${request.key}`, () =>
      retried(() =>
        inTransaction(this.database.ingest, (db) =>
          appendOnce(db, request, this.records(this.storeIn(db)), this.options.addresses),
        ),
      ),
    );
  }

  async appendFrom(batch: AccessLogBatch): Promise<readonly AccessReceipt[]> {
    const { receipts, blocks } = await retried(() =>
      inTransaction(this.database.ingest, async (db) => {
        await movePositions(db, batch.moves);
        const blocks: Block[] = [];
        const receipts = await this.appendRead(db, batch, blocks);
        await batch.settle(receipts);
        return { receipts, blocks };
      }),
    );
    // only now that they are committed
    for (const block of blocks) this.options.pending.add(block);
    return receipts;
  }

  answerTo(request: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>): Promise<unknown> {
    return answerTo(this.database.operations, request);
  }

  positions(topicIds: readonly string[]): Promise<LogPosition[]> {
    return selectPositions(this.database.query, topicIds);
  }

  private async appendRead(
    db: pg.PoolClient,
    { records, once }: AccessLogBatch,
    blocks: Block[],
  ): Promise<readonly AccessReceipt[]> {
    const { keep, addresses } = this.options;
    if (once !== undefined) {
      const request = { ...once, entries: records };
      return (await appendOnce(db, request, this.records(this.storeIn(db)), addresses)).receipts;
    }
    const store = (some: readonly NewAccessEntry[]) =>
      inSavepoint(db, async () => {
        const { receipts, block } = await appendNotingEntries(db, some, keep, addresses);
        blocks.push(block);
        return receipts;
      });
    return appendRecords(records, this.records(store));
  }

  private storeIn(db: Queryable): (some: readonly NewAccessEntry[]) => Promise<AccessReceipt[]> {
    return async (some) => (await appendEntries(db, some, this.options.keep)).receipts;
  }

  private records(
    store: RecordStore<NewAccessEntry, AccessReceipt>['store'],
  ): RecordStore<NewAccessEntry, AccessReceipt> {
    return {
      store,
      makeRoom: (days) => ensurePartitions(this.database.operations, 'access_logs', days),
      refuse: (error) => {
        this.logger.warn(`The database refused an entry: ${error.message}`);
        return { outcome: 'rejected', message: 'The database refused this entry', cause: error.message };
      },
    };
  }
}
