import { canonicalIp } from '../../../core/ip-address.js';
import { timeOf } from '../../access-entry.schema.js';
import { isTimeName, simplified } from '../../time-names.js';

const KNOWN = [
  'timestamp',
  'ip',
  'method',
  'path',
  'url',
  'status',
  'latency_ms',
  'request_time',
  'user_agent',
  'userAgent',
] as const;
/** A field of an entry. */
export type Column = (typeof KNOWN)[number];

/** What the cells of a row are: a field each, null for one that is none of ours. */
export interface Columns {
  fields: readonly (Column | null)[];
  /** What a time that is not read is called, where none is. */
  unreadTime: string | null;
}

/** Of a text without a header. */
export const DEFAULT_COLUMNS: Columns = { fields: ['timestamp', 'path', 'userAgent'], unreadTime: null };

const NUMERIC = new Set<Column>(['status', 'latency_ms', 'request_time']);
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORDS = /^[\p{L}_@#][\p{L}\p{N} _.()@#-]*$/u;

// As people write them: `latencyMs`, `Latency_MS`, `User-Agent`.
const bySpelling = new Map<string, Column>(KNOWN.toReversed().map((name) => [simplified(name), name]));

function columnOf(header: string): Column | null {
  // A refusal names the field as the header does, where that is one of ours.
  return KNOWN.find((name) => name === header) ?? bySpelling.get(simplified(header)) ?? null;
}

/** How many of the words are columns. */
export function knownColumns(words: readonly string[]): number {
  return words.filter((word) => columnOf(word) !== null).length;
}

/** The columns by a header; null if the row is no header. */
export function headerColumns(row: readonly string[]): Columns | null {
  const fields = row.map(columnOf);
  if (fields.every((field) => field === null) || timeOf(row[0]) !== null) return null;
  const unreadTime = fields.includes('timestamp') ? null : (row.find(isTimeName) ?? null);
  return { fields, unreadTime };
}

/** Is this an entry of the columns that a text without a header has? An address in the place of the path shows others. */
export function isDefaultRow([time, path, ...more]: readonly string[]): boolean {
  if (more.length !== 1 || canonicalIp(path) !== null) return false;
  return time === '' || timeOf(time) !== null;
}

/** Does this name columns, though none of ours? */
export function looksLikeHeader(row: readonly string[]): boolean {
  return row.length > 1 && row.every((cell) => WORDS.test(cell));
}

/** A row as an entry to validate. An empty cell is none. */
export function rowValue(row: readonly string[], fields: readonly (Column | null)[]): object {
  const value: Partial<Record<Column, string | number>> = {};
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (field === null || row[i] === '') continue;
    value[field] = NUMERIC.has(field) && NUMBER.test(row[i]) ? Number(row[i]) : row[i];
  }
  return value;
}
