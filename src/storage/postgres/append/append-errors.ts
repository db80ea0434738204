// https://www.postgresql.org/docs/current/errcodes-appendix.html
const NO_PARTITION = /no partition of relation/;
// 22 data exception, 23 integrity constraint, 54 program limit exceeded: the fault of a record
const REFUSED = /^(22|23|54)/;
// serialization failure, deadlock, lock not available
const TRANSIENT = new Set(['40001', '40P01', '55P03']);

function codeOf(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? '';
}

/** No partition for that day yet. */
export function isMissingPartition(error: unknown): boolean {
  return codeOf(error) === '23514' && error instanceof Error && NO_PARTITION.test(error.message);
}

/** A record's own fault: the others of its transaction can be stored. */
export function isRefusedRecord(error: unknown): error is Error {
  return error instanceof Error && REFUSED.test(codeOf(error)) && !isMissingPartition(error);
}

/** The same transaction may succeed when tried again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(error));
}
