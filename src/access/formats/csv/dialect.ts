import { NEWLINE } from '../kit/line-blocks.js';
import { knownColumns } from './columns.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** The first line of a file that Excel is to open: it says what stands between the cells. */
const SEPARATOR_LINE = /^\ufeff?"?sep=(.)"?\r?$/i;
const MOST_HEADER_BYTES = 4096;
const PASSED_OVER = /^\ufeff?(?:#.*)?\s*$/;

/** How the rows of a CSV are written. */
export interface Dialect {
  /** null where there is no row yet. */
  delimiter: string | null;
  /** Of a line such as `sep=;`, before everything. */
  skippedBytes: number;
}

/** By how a text begins: what its first line says, else what makes most words of its header columns that are known. */
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
