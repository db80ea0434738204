import { parseRfc3339 } from '../../../core/rfc3339.js';

/** The columns of a text without a header. */
export const DEFAULT_COLUMNS: readonly Column[] = ['timestamp', 'path', 'userAgent'];

const KNOWN = [
  'timestamp',
  'ip',
  'method',
  'path',
  'url',
  'status',
  'latency_ms',
  'user_agent',
  'userAgent',
] as const;
/** A field of an entry. */
export type Column = (typeof KNOWN)[number];

const NUMERIC = new Set<Column>(['status', 'latency_ms']);
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

// As people write them: `latencyMs`, `Latency_MS`, `User-Agent`.
const bySpelling = new Map<string, Column>(KNOWN.toReversed().map((name) => [simplified(name), name]));

function simplified(header: string): string {
  return header.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function columnOf(header: string): Column | null {
  // A refusal names the field as the header does, where that is one of ours.
  return KNOWN.find((name) => name === header) ?? bySpelling.get(simplified(header)) ?? null;
}

/** The columns by a header, null for each that is none of ours; null if the row is no header. */
export function headerColumns(row: readonly string[]): (Column | null)[] | null {
  const columns = row.map(columnOf);
  const isHeader = columns.some((column) => column !== null) && parseRfc3339(row[0]) === null;
  return isHeader ? columns : null;
}

/** A row as an entry to validate. An empty cell is none. */
export function rowValue(row: readonly string[], columns: readonly (Column | null)[]): object {
  const value: Partial<Record<Column, string | number>> = {};
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    if (column === null || row[i] === '') continue;
    value[column] = NUMERIC.has(column) && NUMBER.test(row[i]) ? Number(row[i]) : row[i];
  }
  return value;
}
