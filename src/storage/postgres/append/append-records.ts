import type { Micros } from '../../../core/event.js';
import { retrying } from '../../retrying.js';
import { isMissingPartition, isRefusedRecord, isTransient } from './append-errors.js';

const MAX_ATTEMPTS = 4;

export const retried = retrying(isTransient, MAX_ATTEMPTS);

/** How records of one kind are stored. */
export interface RecordStore<Item extends { createdAt: Micros }, Receipt> {
  /** All of them or, where it fails, none: a receipt each, in order. */
  store: (items: readonly Item[]) => Promise<Receipt[]>;
  /** Makes the partitions of these days of receipt. */
  makeRoom: (days: readonly string[]) => Promise<void>;
  /** The receipt of the one record that the database refused. */
  refuse: (error: Error) => Receipt;
}

/** Stores records, a receipt each: makes the partitions that are missing, and splits off what the database refuses. */
export async function appendRecords<Item extends { createdAt: Micros }, Receipt>(
  items: readonly Item[],
  records: RecordStore<Item, Receipt>,
): Promise<Receipt[]> {
  if (items.length === 0) return [];
  try {
    return await storeTogether(items, records);
  } catch (error) {
    if (!isRefusedRecord(error)) throw error;
    if (items.length === 1) return [records.refuse(error)];
    // The database does not say which record it refused: halves until it stands alone.
    const middle = items.length >> 1;
    const first = await appendRecords(items.slice(0, middle), records);
    return first.concat(await appendRecords(items.slice(middle), records));
  }
}

function storeTogether<Item extends { createdAt: Micros }, Receipt>(
  items: readonly Item[],
  { store, makeRoom }: RecordStore<Item, Receipt>,
): Promise<Receipt[]> {
  return retried(
    () => store(items),
    async (error) => {
      if (!isMissingPartition(error)) return false;
      await makeRoom(items.map(dayOf));
      return true;
    },
  );
}

function dayOf(item: { createdAt: Micros }): string {
  return new Date(item.createdAt / 1000).toISOString().slice(0, 10);
}
