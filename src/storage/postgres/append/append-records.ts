import { dayText, type Micros } from '../../../core/time.js';
import { retrying } from '../../retrying.js';

const MAX_ATTEMPTS = 4;

export const retried = retrying(isTransient, MAX_ATTEMPTS);

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const NO_PARTITION = /no partition of relation/;

// 22 data exception, 23 integrity constraint, 54 program limit exceeded: the fault of a record
const REFUSED = /^(22|23|54)/;

// serialization failure, deadlock, lock not available
const TRANSIENT = new Set(['40001', '40P01', '55P03']);

/** How records of one kind are stored. */
export interface RecordStore<Item extends { createdAt: Micros }, Receipt> {
  /** All of them or, where it fails, none: a receipt each, in order. */
  store: (items: readonly Item[]) => Promise<Receipt[]>;
  /** Makes the partitions of these days of receipt. */
  makeRoom: (days: readonly string[]) => Promise<void>;
  /** The receipt of the one record that the database refused. */
  refuse: (error: Error) => Receipt;
}

/** Stores records, with a receipt each: creates missing partitions, and isolates what the database refuses. */
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
    // The database does not say which record it refused: bisect until it is alone.
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
      await makeRoom(items.map(({ createdAt }) => dayText(createdAt / 1000)));
      return true;
    },
  );
}

function codeOf(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? '';
}

/** No partition for that day yet. */
function isMissingPartition(error: unknown): boolean {
  return codeOf(error) === '23514' && error instanceof Error && NO_PARTITION.test(error.message);
}

/** A record's own fault: the others of its transaction can be stored. */
function isRefusedRecord(error: unknown): error is Error {
  return error instanceof Error && REFUSED.test(codeOf(error)) && !isMissingPartition(error);
}

/** The same transaction may succeed when retried. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(error));
}
