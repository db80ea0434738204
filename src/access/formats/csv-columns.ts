import { canonicalIp } from '../../core/addresses/ip-address.js';
import { ENTRY_FIELDS, timeOf, type RawAccessEntry } from '../access-entry.schema.js';
import { isTimeName, simplified } from '../time-names.js';
import { NEWLINE } from './line-blocks.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The first line of a file that Excel is to open: it says what stands between the cells. */
const SEPARATOR_LINE = /^\ufeff?"?sep=(.)"?\r?$/i;
const MOST_HEADER_BYTES = 4096;
const PASSED_OVER = /^\ufeff?(?:#.*)?\s*$/;

type Column = keyof RawAccessEntry;

/** What the cells of a row are: a field each, null for one that is none of ours. */
export interface Columns {
  fields: readonly (Column | null)[];
  /** The header of a time column that is not one of ours, where the text has no column that is read as the time. */
  unreadTime: string | null;
}

/** Of a text without a header. */
export const DEFAULT_COLUMNS: Columns = { fields: ['timestamp', 'path', 'userAgent'], unreadTime: null };
const NUMERIC = new Set<Column>(['status', 'latency_ms', 'request_time']);
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORDS = /^[\p{L}_@#][\p{L}\p{N} _.()@#-]*$/u;

// As people write them: `latencyMs`, `Latency_MS`, `User-Agent`.
const bySpelling = new Map<string, Column>(ENTRY_FIELDS.toReversed().map((name) => [simplified(name), name]));

function columnOf(header: string): Column | null {
  // A refusal names the field as the header does, where that is one of ours.
  return ENTRY_FIELDS.find((name) => name === header) ?? bySpelling.get(simplified(header)) ?? null;
}

/** How many of the words name a column. */
function knownColumns(words: readonly string[]): number {
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

/** Is this a header, though of none of our columns? */
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

/** How the rows of a CSV are written. */
interface Dialect {
  /** null until there is a row. */
  delimiter: string | null;
  /** Of a line such as `sep=;`, before everything. */
  skippedBytes: number;
}

/** Guessed from the beginning of a text: what its `sep=` line says, else the delimiter that yields the most known columns. */
export function dialectOf(head: Buffer): Dialect {
  const end = head.indexOf(NEWLINE) + 1 || head.length;
  const said = SEPARATOR_LINE.exec(head.toString('utf8', 0, Math.min(end, 64)).replace(/\n$/, ''));
  if (said) return { delimiter: said[1], skippedBytes: end };
  const header = firstRow(head);
  if (header === null) return { delimiter: null, skippedBytes: 0 };
  const [delimiter] = DELIMITERS.map((each) => [each, columnsBy(each, header)] as const).reduce(
    (best, next) => (next[1] > best[1] ? next : best),
  );
  return { delimiter, skippedBytes: 0 };
}

/** Does a text begin with `sep=` or a header that names two columns at least? */
export function looksLikeCsv(head: Buffer): boolean {
  const { delimiter, skippedBytes } = dialectOf(head);
  if (skippedBytes > 0) return true;
  return delimiter !== null && columnsBy(delimiter, firstRow(head)!) >= 2;
}

function columnsBy(delimiter: string, header: string): number {
  return knownColumns(header.split(delimiter).map((cell) => cell.replace(/^\ufeff?"?|"$/g, '')));
}

/** The first line that is neither blank nor a comment; null where there is none. */
function firstRow(head: Buffer): string | null {
  for (let begin = 0; begin < head.length;) {
    const end = head.indexOf(NEWLINE, begin) + 1 || head.length;
    const line = head.toString('utf8', begin, Math.min(end, begin + MOST_HEADER_BYTES)).trimEnd();
    if (!PASSED_OVER.test(line)) return line;
    begin = end;
  }
  return null;
}
