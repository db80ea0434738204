import { Logger } from '@nestjs/common';
import type { AccessReceipt, NewAccessEntry } from '../../../core/access-entry.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../../core/access-store.js';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import { KeyedMutex } from '../../keyed-mutex.js';
import { appendRecords, retried, type RecordStore } from '../append/append-records.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import type { Queryable } from '../sql.js';
import { inTransaction } from '../transaction.js';
import { appendEntries, appendNotingEntries, type Keep } from './append-entries.js';
import { appendOnce } from './append-once.js';
import type { PostgresAddressNotes } from './note-addresses.js';

export interface AccessStoreOptions {
  /** Which entries are kept as rows; all are counted. */
  keep: Keep;
  /** The same object as the PostgresAddressStore's that counts them. */
  addresses: PostgresAddressNotes;
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
      pending.add(block.id, block.rows);
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
