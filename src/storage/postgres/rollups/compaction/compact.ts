import type pg from 'pg';
import type { Micros } from '../../../../core/event.js';
import type { FoldedRecords } from '../../../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../../core/time-cover.js';
import { rows, type Queryable } from '../../sql.js';
import { isTransient } from '../../append/append-errors.js';
import { inUnhurriedTransaction } from '../../maintenance/unhurried.js';
import type { CountedSource } from '../counted-source.js';
import { tryLockRollups } from '../rollup-lock.js';
import { addToLatency } from './add-to-latency.js';
import { addToRollups } from './add-to-rollups.js';
import { addToUniques } from './add-to-uniques.js';
import { HEAP_END, HEAP_START, nextBatch, type Batch } from './batch.js';
import { deleteDeltas } from './delete-deltas.js';
import { raiseHours } from './raise-hours.js';
import { vacuumDeltas } from './vacuum-deltas.js';

const BATCH_DELTAS = 50_000;
/** Fewer dead rows than this are not worth a vacuum; autovacuum sees to them. */
const VACUUM_AFTER_DELTAS = 5_000;

export interface CompactionOptions {
  now: Micros;
  /** Values of a capped dimension that are counted one by one, a project and day. */
  maxNames: number;
  batchDeltas?: number;
  /** Ends after the batch that is under way. */
  stop?: AbortSignal;
}

export interface Compacted {
  deltas: number;
  folded: FoldedRecords[];
}

/**
 * Folds the deltas that are there into the rollups, a transaction for each `batchDeltas`.
 * Stops short, harmlessly, where another process is at it.
 */
export async function compact(
  pool: pg.Pool,
  source: CountedSource,
  options: CompactionOptions,
): Promise<Compacted> {
  const total: Compacted = { deltas: 0, folded: [] };
  let from: string | null = HEAP_START;
  while (from !== null && !options.stop?.aborted) {
    const start: string = from;
    const done = await compactBatch(pool, source, start, options);
    total.deltas += done?.deltas ?? 0;
    total.folded.push(...(done?.folded ?? []));
    from = done && done.next !== HEAP_END ? done.next : null;
  }
  if (total.deltas >= VACUUM_AFTER_DELTAS) await vacuumDeltas(pool, source);
  return total;
}

interface BatchDone extends Compacted {
  next: string;
}

// Repeatable read: every statement sees the same deltas, however many are being appended. Where another process had just
// compacted them, deleting fails with 40001 and all of it is undone.
async function compactBatch(
  pool: pg.Pool,
  source: CountedSource,
  from: string,
  options: CompactionOptions,
): Promise<BatchDone | null> {
  try {
    return await inUnhurriedTransaction(
      pool,
      async (db) => {
        await plan(db);
        if (!(await tryLockRollups(db, source))) return null;
        const batch = await nextBatch(db, source, from, options.batchDeltas ?? BATCH_DELTAS);
        if (!batch) return null;
        const folded = await fold(db, source, batch, options);
        return { deltas: await deleteDeltas(db, source, batch), folded, next: batch.to };
      },
      'begin isolation level repeatable read',
    );
  } catch (error) {
    if (isTransient(error)) return null;
    throw error;
  }
}

async function fold(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  { now, maxNames }: CompactionOptions,
): Promise<FoldedRecords[]> {
  const firstMinute = minuteExpiry(now);
  await joinByHash(db, true);
  const folded = await addToRollups(db, source, batch, { firstMinute, maxNames });
  await addToLatency(db, source, batch, firstMinute);
  await joinByHash(db, false);
  await addToUniques(db, source, batch, sketchMinuteExpiry(now));
  const { deltas, hours } = source;
  if (hours !== null) await raiseHours(db, { deltas, hours }, batch);
  return folded;
}

// A scan that starts in the middle of the heap would break the batches.
// Hashing the groups takes half the time of sorting them, which the planner prefers as it cannot know how many there are.
async function plan(db: Queryable): Promise<void> {
  await rows(db, {
    text: `select set_config('work_mem', '64MB', true),
                  set_config('synchronize_seqscans', 'off', true), set_config('jit', 'off', true),
                  set_config('enable_sort', 'off', true)`,
  });
}

// What a batch counts is joined to the register: the planner takes both for a few rows, and would compare each with each
// (PostgreSQL 15: minutes for 50,000 deltas). The sketches are looked up one by one, as it should be.
async function joinByHash(db: Queryable, only: boolean): Promise<void> {
  await rows(db, { text: `select set_config('enable_nestloop', $1, true)`, values: [only ? 'off' : 'on'] });
}
