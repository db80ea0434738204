import { Logger } from '@nestjs/common';
import type { Config } from '../../../config/settings.js';
import type { Block } from '../../../core/counting/count-store.js';
import type { PendingBlocks } from '../../../core/counting/pending-blocks.js';
import { idempotencyConflict } from '../../../core/errors.js';
import {
  AccessStore,
  type AccessLogBatch,
  type OnceRequest,
  type OnceResult,
} from '../../../core/ports/access-store.js';
import type { LogPosition } from '../../../core/ports/log-append.js';
import type { AccessReceipt, NewAccessEntry } from '../../../core/records/access-entry.js';
import { DAY_MS, dayText } from '../../../core/time.js';
import type { AddressUpserts } from '../../address-upserts.js';
import { KeyedMutex } from '../../keyed-mutex.js';
import { isMissingPartition, retried } from '../errors.js';
import { bytes, number, time, text } from '../literals.js';
import type { Mysql } from '../mysql.js';
import type { Partitions } from '../partitions.js';
import type { Session, Sessions } from '../sql.js';
import { movePositions, selectPositions } from './log-positions.js';
import { receiptDay, storeEntries } from './store-entries.js';
import { upsertAddresses } from './upsert-addresses.js';

export interface AccessStoreOptions {
  keep: Config['accessLogKeep'];
  /** The same object as the MysqlAddressStore's that counts them. */
  addresses: AddressUpserts;
  /** The same object as the MysqlAccessMaintenance's. */
  partitions: Partitions;
  /** Where what is to be counted is kept in memory. */
  pending: PendingBlocks;
}

/** What one transaction writes with. */
interface Write {
  db: Session;
  /** Of ip_counts, nobody else's meanwhile. */
  slot: string;
  /** What it has stored to be counted. */
  blocks: Block[];
}

/** Appends to MariaDB: rows, what is to be counted and new addresses in one transaction. */
export class MysqlAccessStore extends AccessStore {
  private readonly logger = new Logger(MysqlAccessStore.name);
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly mysql: Pick<Mysql, 'ingest' | 'query'>,
    private readonly options: AccessStoreOptions,
  ) {
    super();
  }

  async append(entries: readonly NewAccessEntry[]): Promise<AccessReceipt[]> {
    if (entries.length === 0) return [];
    return this.inPartitions(entries, (write) => this.store(write, entries));
  }

  // Repeats of one request wait here: in the database each would hold a connection meanwhile.
  appendOnce(request: OnceRequest): Promise<OnceResult> {
    return this.mutex.runExclusive(`${request.projectId} ${request.key}`, () =>
      this.inPartitions(request.entries, (write) => this.storeOnce(write, request)),
    );
  }

  async appendFrom({ records, moves, once, settle }: AccessLogBatch): Promise<readonly AccessReceipt[]> {
    return this.inPartitions(records, async (write) => {
      await movePositions(write.db, moves);
      const receipts = once
        ? (await this.storeOnce(write, { ...once, entries: records })).receipts
        : await this.store(write, records);
      await settle(receipts);
      return receipts;
    });
  }

  async answerTo(request: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>): Promise<unknown> {
    const claim = await selectAnswer(this.mysql.query, request);
    if (claim?.answer == null) return undefined;
    if (!claim.same_body) throw idempotencyConflict();
    return JSON.parse(claim.answer) as unknown;
  }

  positions(topicIds: readonly string[]): Promise<LogPosition[]> {
    return selectPositions(this.mysql.query, topicIds);
  }

  private async inPartitions<T>(
    entries: readonly NewAccessEntry[],
    work: (write: Write) => Promise<T>,
  ): Promise<T> {
    const { partitions, addresses, pending } = this.options;
    const days = daysOf(entries);
    await partitions.ensure(days);
    const { result, blocks } = await retried(
      () =>
        addresses.useSlot(async (slot) => {
          const blocks: Block[] = [];
          const result = await this.mysql.ingest.transaction((db) => work({ db, slot, blocks }));
          return { result, blocks };
        }),
      async (error) => {
        if (!isMissingPartition(error)) return false;
        partitions.forget();
        await partitions.ensure(days);
        return true;
      },
    );
    // only now that they are committed
    for (const block of blocks) pending.add(block);
    return result;
  }

  private async storeOnce(write: Write, request: OnceRequest): Promise<OnceResult> {
    const claim = await claimAnswer(write.db, request);
    if (claim.answer === null) {
      const receipts = await this.store(write, request.entries);
      const answer = request.answer(receipts);
      await updateAnswer(write.db, request, answer);
      return { answer, receipts };
    }
    if (claim.same_body) return { answer: JSON.parse(claim.answer) as unknown, receipts: [] };
    throw idempotencyConflict();
  }

  private async store(
    { db, slot, blocks }: Write,
    entries: readonly NewAccessEntry[],
  ): Promise<AccessReceipt[]> {
    const { addresses, keep } = this.options;
    const { refused, blocks: stored } = await storeEntries(db, entries, keep);
    blocks.push(...stored);
    for (const error of refused.values()) {
      this.logger.warn(`The database refused an entry: ${error.message}`);
    }
    const upserts = addresses.gather(entries, (index) => !refused.has(index));
    // nearly always: the address is known
    const newIps = new Set(upserts.size === 0 ? [] : await upsertAddresses(db, addresses, upserts, slot));
    return entries.map((_, index): AccessReceipt => {
      const cause = refused.get(index)?.message;
      return cause === undefined
        ? { outcome: 'stored', newIp: newIps.has(index) }
        : { outcome: 'rejected', message: 'The database refused this entry', cause };
    });
  }
}

function daysOf(entries: readonly NewAccessEntry[]): string[] {
  const days = new Set(entries.map(receiptDay));
  return [...days].map((day) => dayText(day * DAY_MS));
}

/** What is known of a request's key. */
interface Claim {
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

/** The answer that is kept with a request's key, until it expires. */
async function selectAnswer(
  db: Sessions,
  { projectId, key, bodyDigest }: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>,
): Promise<Claim | undefined> {
  const [found] = await db.rows<Claim>(`
    select answer, body_digest = ${bytes(Buffer.from(bodyDigest, 'hex'))} as same_body from access_answers
    where project_id = ${number(projectId)} and answer_key = ${bytes(Buffer.from(key, 'hex'))}
      and expires_at > utc_timestamp(6)`);
  return found;
}

/** Keeps what a request is answered with its key. */
async function updateAnswer(db: Session, { projectId, key }: OnceRequest, answer: unknown): Promise<void> {
  await db.run(`update access_answers set answer = ${text(JSON.stringify(answer))}
    where project_id = ${number(projectId)} and answer_key = ${bytes(Buffer.from(key, 'hex'))}`);
}
