import { escape } from 'mysql2';
import { formatRfc3339 } from '../../core/records/rfc3339.js';
import { DAY_MS, dayText, type Micros } from '../../core/time.js';

/*
 * Values as they stand in a statement. One text for a thousand rows: placeholders would have to be prepared for each number of
 * rows, and are replaced by such a text anyway. Every connection has the modes of session.ts, in which a backslash escapes.
 */

export type Literal = string;

const NULL: Literal = 'null';

export function text(value: string | null): Literal {
  return value === null ? NULL : escape(value);
}

/** @throws RangeError for NaN and the like, which SQL would take for a name. */
export function number(value: number | null): Literal {
  if (value === null) return NULL;
  if (!Number.isFinite(value)) throw new RangeError('not a finite number');
  return String(value);
}

export function bytes(value: Uint8Array): Literal {
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`;
}

/** A datetime(6) in UTC. */
export function time(micros: Micros | null): Literal {
  if (micros === null) return NULL;
  const text = formatRfc3339(micros);
  return `'${text.slice(0, 10)} ${text.slice(11, -1)}'`;
}

/** A date, of days since the epoch. */
export function date(day: number): Literal {
  return `'${dayText(day * DAY_MS)}'`;
}

/** `(a,b),(c,d)` */
export function tuples(rows: readonly (readonly Literal[])[]): string {
  return rows.map((row) => `(${row.join(',')})`).join(',');
}

/** Most characters of a statement: at four bytes each, well below 16 MB, the smallest max_allowed_packet in use. */
const STATEMENT_CHARS = 1_000_000;

/** Groups literals into statements; an overlong one gets its own. */
export function* inStatements(literals: readonly Literal[]): Generator<readonly Literal[]> {
  for (let from = 0, to = 0; from < literals.length; from = to) {
    for (let chars = 0; to < literals.length && (to === from || chars < STATEMENT_CHARS); to++) {
      chars += literals[to].length;
    }
    yield literals.slice(from, to);
  }
}

/** RFC 3339 of a datetime(6), as formatRfc3339 writes it. */
export function rfc3339(datetime: string): string {
  const fraction = datetime.slice(20, 26);
  return `${datetime.slice(0, 10)}T${datetime.slice(11, 19)}.${fraction.endsWith('000') ? fraction.slice(0, 3) : fraction}Z`;
}

/** Of a datetime without a fraction, in UTC; `time` is its inverse. */
export function micros(datetime: string): Micros {
  return Date.parse(`${datetime.slice(0, 10)}T${datetime.slice(11, 19)}Z`) * 1000;
}
