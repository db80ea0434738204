import type pg from 'pg';
import { idempotencyConflict } from '../../../core/errors.js';
import { chunksOf } from '../../../core/groups.js';
import type { OnceRequest, OnceResult } from '../../../core/ports/access-store.js';
import type { AccessReceipt, NewAccessEntry } from '../../../core/records/access-entry.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import { appendRecords, type RecordStore } from '../append/append-records.js';
import { rows, type Queryable } from '../sql.js';
import { inSavepoint } from '../transaction.js';
import { type PostgresAddressUpserts, upsertAddresses } from './upsert-addresses.js';

/** Most entries of a statement: what a large request needs of memory, here and there, is that of one. */
const CHUNK = 5_000;

const SQL = `
insert into access_answers as a (project_id, key, body_digest, expires_at)
values ($1, decode($2, 'hex'), decode($3, 'hex'), $4)
on conflict (project_id, key) do update
  set body_digest = excluded.body_digest, expires_at = excluded.expires_at, answer = null
  where a.expires_at <= clock_timestamp()
returning 1`;

/**
 * A request with its key, inside a transaction: answered as before where its key is known, else stored.
 * Addresses come last, so that nobody waits for those of a large request while it is being stored.
 */
export async function appendOnce(
  db: pg.PoolClient,
  request: OnceRequest,
  entries: RecordStore<NewAccessEntry, AccessReceipt>,
  addresses: PostgresAddressUpserts,
): Promise<OnceResult> {
  if (!(await insertAnswer(db, request))) return answeredBefore(db, request);
  const careful = {
    ...entries,
    store: (some: readonly NewAccessEntry[]) => inSavepoint(db, () => entries.store(some)),
  };
  const receipts: AccessReceipt[] = [];
  for (const some of chunksOf(request.entries, CHUNK)) receipts.push(...(await appendRecords(some, careful)));
  const upserts = addresses.gather(request.entries, (index) => receipts[index].outcome === 'stored');
  for (const index of await upsertAddresses(db, addresses, upserts)) {
    receipts[index] = { outcome: 'stored', newIp: true };
  }
  const answer = request.answer(receipts);
  await updateAnswer(db, request, answer);
  return { answer, receipts };
}

/** What a request was answered before, undefined where it was not. @throws SightlineError `idempotency_conflict` */
export async function answerTo(
  db: Queryable,
  request: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>,
): Promise<unknown> {
  const before = await selectAnswer(db, request);
  if (before === undefined || before.is_expired) return undefined;
  if (!before.same_body) throw idempotencyConflict();
  return before.answer;
}

async function answeredBefore(db: pg.PoolClient, request: OnceRequest): Promise<OnceResult> {
  const before = await selectAnswer(db, request);
  if (before?.same_body) return { answer: before.answer, receipts: [] };
  throw idempotencyConflict();
}

/**
 * Takes a request's key; false where it was answered before. Waits for a transaction that has the same key in hand:
 * its commit makes this false, its end without one true.
 */
async function insertAnswer(db: Queryable, request: OnceRequest): Promise<boolean> {
  const { projectId, key, bodyDigest, expiresAtMs } = request;
  const taken = await rows(db, {
    name: 'append.insert-answer',
    text: SQL,
    values: [projectId, key, bodyDigest, formatRfc3339(expiresAtMs * 1000)],
  });
  return taken.length > 0;
}

interface AnswerBefore {
  answer: unknown;
  same_body: boolean;
  is_expired: boolean;
}

/** The stored answer of a request. Where insertAnswer has found its key, it holds a lock that keeps it from being deleted. */
async function selectAnswer(
  db: Queryable,
  { projectId, key, bodyDigest }: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>,
): Promise<AnswerBefore | undefined> {
  const found = await rows<AnswerBefore>(db, {
    name: 'append.select-answer',
    text: `select answer, body_digest = decode($3, 'hex') as same_body, expires_at <= clock_timestamp() as is_expired
           from access_answers where project_id = $1 and key = decode($2, 'hex')`,
    values: [projectId, key, bodyDigest],
  });
  return found.at(0);
}

/** Keeps what a request is answered with its key. */
async function updateAnswer(db: Queryable, { projectId, key }: OnceRequest, answer: unknown): Promise<void> {
  await rows(db, {
    name: 'append.update-answer',
    text: `update access_answers set answer = $3::json where project_id = $1 and key = decode($2, 'hex')`,
    values: [projectId, key, JSON.stringify(answer)],
  });
}
