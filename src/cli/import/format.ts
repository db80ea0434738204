import {
  CommonLogParser,
  CsvParser,
  LineParser,
  LinesParser,
  looksLikeCsv,
  NdjsonParser,
  type ParserStart,
  type RecordParser,
} from '../../access/formats/index.js';

export type Format = 'ndjson' | 'csv' | 'combined' | 'common' | 'lines';

/** What lines show that they are. A time in brackets is what every access log has, also one that is refused for its time. */
const SHAPES: [Format, RegExp][] = [
  ['ndjson', /^\{/],
  ['lines', /^\d{4}-\d\d-\d\dT\S+ \S+ [A-Za-z]+ \S+ \S+ [\d.]+ms$/],
  ['combined', /\[(?:\d{1,2}\/[A-Z][a-z]{2}\/\d{4}|\d{4}-\d\d-\d\d)[ :T][^\]]*\]/],
];
const JSON_ARRAY = /^\[\s*[[{"\]]/;
/** Lines that are looked at: a file may begin with what its rotation or a cut has left. */
const LINES = 100;
/** Of a line that is looked at. */
const CHARACTERS = 4096;

/** What most of the first lines of a text are; CSV is what no other format is. @throws Error for a JSON array */
export function detectFormat(head: Buffer): Format {
  if (looksLikeCsv(head)) return 'csv';
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.slice(0, CHARACTERS).replace(/^\0+/, '').trim())
    .filter((line) => line !== '')
    .slice(0, LINES);
  let [found, most, left]: [Format, number, number] = ['csv', 0, lines.length];
  for (const [format, shape] of SHAPES) {
    const count = lines.filter((line) => shape.test(line)).length;
    left -= count;
    if (count > most) [found, most] = [format, count];
  }
  if (most >= left && most > 0) return found;
  if (JSON_ARRAY.test(text.trimStart()))
    throw new Error('a JSON array cannot be imported in parts: make it NDJSON (jq -c .[])');
  return 'csv';
}

/** A parser that begins at `start` of a file; `head` is how the file begins, for a CSV header lies there. */
export function parserOf(format: Format, head: Buffer, start: ParserStart): RecordParser {
  if (isUtf16(head)) return new LineParser(() => ({ error: utf16 }), start);
  switch (format) {
    case 'ndjson':
      return new NdjsonParser(start);
    case 'lines':
      return new LinesParser(start);
    case 'combined':
    case 'common':
      return new CommonLogParser(start);
    case 'csv':
      return start.byte === 0 ? new CsvParser() : new CsvParser({ ...start, like: readHead(head) });
  }
}

const QUOTES_OF_COMBINED = 6;

/**
 * Is a last line that has no end yet whole? Of an access log it is not where the others name a user agent and it does not come so
 * far: as one of the Common Log Format it would be stored without.
 */
export function lookWhole(format: Format, head: Buffer): (line: string) => boolean {
  if (format !== 'combined' && format !== 'common') return () => true;
  const quotesIn = (line: string) => Math.min(line.split('"').length - 1, QUOTES_OF_COMBINED);
  const others = head.toString('utf8').split('\n').slice(0, -1).map(quotesIn);
  return (line) => others.length === 0 || quotesIn(line) >= Math.max(...others);
}

/** Of a CSV header: it is no record. */
export function headerBytes(format: Format, head: Buffer): number {
  return format === 'csv' ? readHead(head).headerBytes : 0;
}

function readHead(head: Buffer): CsvParser {
  const parser = new CsvParser();
  parser.write(head);
  return parser;
}

// As PowerShell's `>` writes it.
function isUtf16(head: Buffer): boolean {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0;
  return mark === 0xfffe || mark === 0xfeff;
}

const utf16 = {
  field: '',
  message: 'is UTF-16: convert it with iconv -f UTF-16 -t UTF-8',
  type: 'unstorable',
} as const;
