import { retrying } from '../retrying.js';

// https://mariadb.com/kb/en/mariadb-error-codes/
const NO_PARTITION = 1526;
/** Null, wrong value, out of range, cut off, too long, duplicate, wrong text, range of a function, check constraint: the fault of a record. */
const REFUSED = new Set([1048, 1062, 1264, 1265, 1292, 1366, 1406, 1690, 4025]);
/** Waited too long for a lock, deadlock, changed since it was read. */
const TRANSIENT = new Set([1205, 1213, 1020]);

function numberOf(error: unknown): number {
  return (error as { errno?: number } | null)?.errno ?? 0;
}

/** No partition for that day yet. */
export function isMissingPartition(error: unknown): boolean {
  return numberOf(error) === NO_PARTITION;
}

/** A record's own fault: the others of its transaction can be stored. */
export function isRefusedRecord(error: unknown): error is Error {
  return error instanceof Error && REFUSED.has(numberOf(error));
}

/** The same transaction may succeed when retried. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(numberOf(error));
}

const MAX_ATTEMPTS = 6;

export const retried = retrying(isTransient, MAX_ATTEMPTS);
