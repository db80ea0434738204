import { Logger } from '@nestjs/common';
import type { AccessReceipt, NewAccessEntry } from '../../../../core/access-entry.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../../../core/access-store.js';
import type { PendingBlocks } from '../../../../core/counting/pending-blocks.js';
import { idempotencyConflict } from '../../../../core/errors.js';
import type { AddressNotes } from '../../../address-notes.js';
import { Turns } from '../../../turns.js';
import { isMissingPartition, retried } from '../../errors.js';
import type { Mysql } from '../../mysql.js';
import type { Partitions } from '../../partitions.js';
import type { Session } from '../../sql.js';
import { noteAddresses } from '../addresses/note-addresses.js';
import { claimAnswer } from './claim-answer.js';
import { receiptDay } from './entry-literals.js';
import { storeEntries, type Keep, type StoredEntries } from './store-entries.js';
import { updateAnswer } from './update-answer.js';

const DAY_MS = 86_400_000;

export interface AccessStoreOptions {
  keep: Keep;
  /** The same object as the MysqlAddressStore's that counts them. */
  addresses: AddressNotes;
  /** The same object as the MysqlAccessMaintenance's. */
  partitions: Partitions;
  /** Where what is to be counted is kept in memory. */
  pending: PendingBlocks;
}

/** What one transaction did. */
interface Appended<T> {
  result: T;
  blocks: StoredEntries['blocks'];
}

/** Appends to MariaDB: rows, what is to be counted and new addresses in one transaction. */
export class MysqlAccessStore extends AccessStore {
  private readonly logger = new Logger(MysqlAccessStore.name);
  private readonly turns = new Turns();

  constructor(
    private readonly mysql: Pick<Mysql, 'ingest'>,
    private readonly options: AccessStoreOptions,
  ) {
    super();
  }

  async append(entries: readonly NewAccessEntry[]): Promise<AccessReceipt[]> {
    if (entries.length === 0) return [];
    return this.inPartitions(entries, async (db, slot) => {
      const { receipts, blocks } = await this.store(db, entries, slot);
      return { result: receipts, blocks };
    });
  }

  // Repeats of one request wait here: in the database each of them would hold a connection meanwhile.
  appendOnce(request: OnceRequest): Promise<OnceResult> {
    return this.turns.take(`${request.projectId} ${request.key}`, () =>
      this.inPartitions(request.entries, (db, slot) => this.storeOnce(db, request, slot)),
    );
  }

  private async inPartitions<T>(
    entries: readonly NewAccessEntry[],
    work: (db: Session, slot: string) => Promise<Appended<T>>,
  ): Promise<T> {
    const { partitions, addresses, pending } = this.options;
    const days = daysOf(entries);
    await partitions.ensure(days);
    const { result, blocks } = await retried(
      () => addresses.useSlot((slot) => this.mysql.ingest.transaction((db) => work(db, slot))),
      async (error) => {
        if (!isMissingPartition(error)) return false;
        partitions.forget();
        await partitions.ensure(days);
        return true;
      },
    );
    // only now that they are committed
    for (const { id, rows } of blocks) pending.add(id, rows);
    return result;
  }

  private async storeOnce(db: Session, request: OnceRequest, slot: string): Promise<Appended<OnceResult>> {
    const claim = await claimAnswer(db, request);
    if (claim.answer === null) {
      const { receipts, blocks } = await this.store(db, request.entries, slot);
      const answer = request.answer(receipts);
      await updateAnswer(db, request, answer);
      return { result: { answer, receipts }, blocks };
    }
    if (claim.same_body) {
      return { result: { answer: JSON.parse(claim.answer) as unknown, receipts: [] }, blocks: [] };
    }
    throw idempotencyConflict();
  }

  private async store(
    db: Session,
    entries: readonly NewAccessEntry[],
    slot: string,
  ): Promise<{ receipts: AccessReceipt[]; blocks: StoredEntries['blocks'] }> {
    const { addresses, keep } = this.options;
    const { refused, blocks } = await storeEntries(db, entries, keep);
    for (const error of refused.values()) {
      this.logger.warn(`The database refused an entry: ${error.message}`);
    }
    const notes = addresses.gather(entries, (index) => !refused.has(index));
    // nearly always: the address is known
    const newIps = new Set(notes.size === 0 ? [] : await noteAddresses(db, addresses, notes, slot));
    const receipts = entries.map((_, index): AccessReceipt =>
      refused.has(index)
        ? { outcome: 'rejected', message: 'The database refused this entry' }
        : { outcome: 'stored', newIp: newIps.has(index) },
    );
    return { receipts, blocks };
  }
}

function daysOf(entries: readonly NewAccessEntry[]): string[] {
  const days = new Set(entries.map(receiptDay));
  return [...days].map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));
}
