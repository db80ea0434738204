import {
  CommonLogParser,
  CsvParser,
  LinesParser,
  NdjsonParser,
  type ParserStart,
  type RecordParser,
} from '../../access/formats/index.js';

export const FORMATS = ['ndjson', 'csv', 'combined', 'common', 'lines'] as const;
export type Format = (typeof FORMATS)[number];

const COMMON_LOG = /^\S+ .*\[\d\d\/[A-Z][a-z]{2}\/\d{4}(?::\d\d){3} [+-]\d{4}\] "/;
const LINE = /^\d{4}-\d\d-\d\dT\S+ \S+ [A-Za-z]+ \S+ \S+ [\d.]+ms\s*$/;

/** What a text is, by its first line that is not blank. @throws Error for a JSON array */
export function detectFormat(head: Buffer): Format {
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  const first =
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? '';
  if (first.startsWith('{')) return 'ndjson';
  if (first.startsWith('['))
    throw new Error('a JSON array cannot be imported in parts: make it NDJSON (jq -c .[])');
  if (COMMON_LOG.test(first)) return 'combined';
  return LINE.test(first) ? 'lines' : 'csv';
}

/** A parser that begins at `start` of a file; `head` is how the file begins, for a CSV header lies there. */
export function parserOf(format: Format, head: Buffer, start: ParserStart): RecordParser {
  switch (format) {
    case 'ndjson':
      return new NdjsonParser(start);
    case 'lines':
      return new LinesParser(start);
    case 'combined':
    case 'common':
      return new CommonLogParser(start);
    case 'csv':
      return start.byte === 0 ? new CsvParser() : new CsvParser({ ...start, columns: columnsOf(head) });
  }
}

/** Of a CSV header: it is no record. */
export function headerBytes(format: Format, head: Buffer): number {
  if (format !== 'csv') return 0;
  const end = head.indexOf('\n') + 1;
  const parser = new CsvParser();
  return parser.write(head.subarray(0, end)).length === 0 && parser.columns !== null ? end : 0;
}

function columnsOf(head: Buffer) {
  const parser = new CsvParser();
  parser.write(head);
  if (parser.columns === null) throw new Error('the first row of the CSV is too long');
  return parser.columns;
}
