import { Logger } from '@nestjs/common';
import type { AccessReceipt, NewAccessEntry } from '../../../core/access-entry.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../../core/access-store.js';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import { idempotencyConflict } from '../../../core/errors.js';
import type { AddressNotes } from '../../address-notes.js';
import { KeyedMutex } from '../../keyed-mutex.js';
import { isMissingPartition, retried } from '../errors.js';
import { bytes, number, time, text } from '../literals.js';
import type { Mysql } from '../mysql.js';
import type { Partitions } from '../partitions.js';
import type { Session } from '../sql.js';
import { noteAddresses } from './note-addresses.js';
import { receiptDay, storeEntries, type Keep, type StoredEntries } from './store-entries.js';

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
  private readonly mutex = new KeyedMutex();

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
    return this.mutex.runExclusive(`${request.projectId} ${request.key}`, () =>
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
    const receipts = entries.map((_, index): AccessReceipt => {
      const cause = refused.get(index)?.message;
      return cause === undefined
        ? { outcome: 'stored', newIp: newIps.has(index) }
        : { outcome: 'rejected', message: 'The database refused this entry', cause };
    });
    return { receipts, blocks };
  }
}

function daysOf(entries: readonly NewAccessEntry[]): string[] {
  const days = new Set(entries.map(receiptDay));
  return [...days].map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));
}

/** What is known of a request's key. */
export interface Claim {
  /** JSON; null where the key is this request's now. */
  answer: string | null;
  same_body: number;
}

/**
 * Takes a request's key, or gives what it was answered before. Waits for a transaction that has the same key in hand.
 * Assignments are made from left to right: the expiry goes last.
 */
async function claimAnswer(db: Session, request: OnceRequest): Promise<Claim> {
  const { projectId, key, bodyDigest, expiresAtMs } = request;
  const digest = bytes(Buffer.from(bodyDigest, 'hex'));
  const expired = 'expires_at <= utc_timestamp(6)';
  const [claim] = await db.rows<Claim>(`
    insert into access_answers (project_id, answer_key, body_digest, expires_at)
    values (${number(projectId)}, ${bytes(Buffer.from(key, 'hex'))}, ${digest}, ${time(expiresAtMs * 1000)})
    on duplicate key update body_digest = if(${expired}, values(body_digest), body_digest),
      answer = if(${expired}, null, answer), expires_at = if(${expired}, values(expires_at), expires_at)
    returning answer, body_digest = ${digest} as same_body`);
  return claim;
}

/** Keeps what a request is answered with its key. */
async function updateAnswer(db: Session, { projectId, key }: OnceRequest, answer: unknown): Promise<void> {
  await db.run(`update access_answers set answer = ${text(JSON.stringify(answer))}
    where project_id = ${number(projectId)} and answer_key = ${bytes(Buffer.from(key, 'hex'))}`);
}
