import type pg from 'pg';
import type { AccessReceipt, NewAccessEntry } from '../../../../core/access-entry.js';
import type { OnceRequest, OnceResult } from '../../../../core/access-store.js';
import { idempotencyConflict } from '../../../../core/errors.js';
import { appendRecords, type RecordStore } from '../../append/append-records.js';
import { inSavepoint } from '../../transaction.js';
import type { PostgresAddressNotes } from '../addresses/address-notes.js';
import { noteAddresses } from '../addresses/note-addresses.js';
import { insertAnswer } from './insert-answer.js';
import { selectAnswer } from './select-answer.js';
import { updateAnswer } from './update-answer.js';

/** Most entries of a statement: what a large request needs of memory, here and there, is that of one. */
const CHUNK = 5_000;

/**
 * A request with its key, inside a transaction: answered as before where its key is known, else stored.
 * Addresses come last, so that nobody waits for those of a large request while it is being stored.
 */
export async function appendOnce(
  db: pg.PoolClient,
  request: OnceRequest,
  entries: RecordStore<NewAccessEntry, AccessReceipt>,
  addresses: PostgresAddressNotes,
): Promise<OnceResult> {
  if (!(await insertAnswer(db, request))) return answeredBefore(db, request);
  const careful = {
    ...entries,
    store: (some: readonly NewAccessEntry[]) => inSavepoint(db, () => entries.store(some)),
  };
  const receipts: AccessReceipt[] = [];
  for (let at = 0; at < request.entries.length; at += CHUNK) {
    receipts.push(...(await appendRecords(request.entries.slice(at, at + CHUNK), careful)));
  }
  const notes = addresses.gather(request.entries, (index) => receipts[index].outcome === 'stored');
  for (const index of await noteAddresses(db, addresses, notes)) {
    receipts[index] = { outcome: 'stored', newIp: true };
  }
  const answer = request.answer(receipts);
  await updateAnswer(db, request, answer);
  return { answer, receipts };
}

async function answeredBefore(db: pg.PoolClient, request: OnceRequest): Promise<OnceResult> {
  const before = await selectAnswer(db, request);
  if (before.same_body) return { answer: before.answer, receipts: [] };
  throw idempotencyConflict();
}
