import { withLock } from '../named-lock.js';
import type { Partitions } from '../partitions.js';
import { inTransaction, type Sessions } from '../sql.js';
import { deleteDay } from './delete-day.js';
import { loseHours } from './lose-hours.js';
import { selectCountedDays } from './select-counted-days.js';

/** Counting ends after the batch that it is at. */
const PATIENCE_S = 300;

/** Removes the days of receipt before this one, until `stop` is aborted; gives those that were removed. */
export async function dropDaysBefore(
  background: Sessions,
  partitions: Partitions,
  day: string,
  stop: AbortSignal,
): Promise<string[]> {
  const stored = new Set([...(await selectCountedDays(background)), ...(await partitions.days())]);
  const dropped: string[] = [];
  for (const old of [...stored].filter((other) => other < day).sort()) {
    if (stop.aborted) break;
    await dropDay(background, partitions, old);
    dropped.push(old);
  }
  return dropped;
}

// MariaDB commits with the drop of a partition, so the counts go first: whoever is killed between the two leaves the partition,
// by which the day is found again. A reader in that moment sees rows that are no longer counted.
async function dropDay(background: Sessions, partitions: Partitions, day: string): Promise<void> {
  await background.use((db) =>
    withLock(db, 'rollups', PATIENCE_S, async () => {
      await inTransaction(db, async () => {
        await loseHours(db, day);
        await deleteDay(db, day);
      });
      await partitions.drop(db, day);
    }),
  );
}
