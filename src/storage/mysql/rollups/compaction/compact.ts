import type { Micros } from '../../../../core/event.js';
import type { FoldedRecords } from '../../../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../../core/time-cover.js';
import { isTransient } from '../../errors.js';
import { withFreeLock } from '../../named-lock.js';
import { inTransaction, type Session, type Sessions } from '../../sql.js';
import { addToLatency } from './add-to-latency.js';
import { addToRollups } from './add-to-rollups.js';
import { addToTotals } from './add-to-totals.js';
import { addToUniques } from './add-to-uniques.js';
import { countBatch } from './count-batch.js';
import { raiseHours } from './raise-hours.js';
import { BatchLostError, takeBatch } from './take-batch.js';

const BATCH_DELTAS = 50_000;

export interface CompactionOptions {
  now: Micros;
  /** Values of a capped dimension that are counted one by one, a project and day. */
  maxNames: number;
  batchDeltas?: number;
  /** Ends after the batch that is under way. */
  stop: AbortSignal;
}

/**
 * Folds the deltas that are there into the rollups, a transaction for each `batchDeltas`: who is killed in the middle has counted
 * none of them. Gives what was counted as '(other)' for want of room. Stops short, harmlessly, where another process is at it.
 */
export async function compact(background: Sessions, options: CompactionOptions): Promise<FoldedRecords[]> {
  const size = options.batchDeltas ?? BATCH_DELTAS;
  const folded: FoldedRecords[] = [];
  await background.use((db) =>
    withFreeLock(db, 'rollups', async () => {
      let taken = size;
      while (taken === size && !options.stop.aborted) {
        const done = await compactBatch(db, size, options);
        taken = done.taken;
        folded.push(...done.folded);
      }
      await db.run('drop temporary table if exists access_batch, access_counted');
    }),
  );
  return folded;
}

interface BatchDone {
  taken: number;
  folded: FoldedRecords[];
}

const NOTHING: BatchDone = { taken: 0, folded: [] };

async function compactBatch(
  db: Session,
  size: number,
  { now, maxNames }: CompactionOptions,
): Promise<BatchDone> {
  try {
    return await inTransaction(db, async () => {
      const taken = await takeBatch(db, size);
      if (taken === 0) return NOTHING;
      await countBatch(db);
      const folded = await addToTotals(db, maxNames);
      await addToRollups(db, minuteExpiry(now));
      await addToLatency(db, minuteExpiry(now));
      await addToUniques(db, sketchMinuteExpiry(now));
      await raiseHours(db);
      return { taken, folded };
    });
  } catch (error) {
    if (isTransient(error) || error instanceof BatchLostError) return NOTHING;
    throw error;
  }
}
