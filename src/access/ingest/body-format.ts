import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { jsonText, parseJsonText } from '../../core/json/json-body.js';
import { BACKSLASH, BLANKS, BOM, CLOSE_BRACE, OPEN_BRACE, QUOTE } from '../../core/json/json-pieces.js';
import { CsvParser } from '../formats/csv-parser.js';
import { JsonArrayParser } from '../formats/json-array-parser.js';
import { JsonObjectsParser } from '../formats/json-objects-parser.js';
import { NEWLINE, hasCrLines, withLineFeeds } from '../formats/line-blocks.js';
import { lineElement } from '../formats/lines-parser.js';
import { NdjsonParser } from '../formats/ndjson-parser.js';
import {
  MAX_RECORD_BYTES,
  readRecords,
  slicesOf,
  type RawRecord,
  type RecordParser,
} from '../formats/record-parser.js';

const NOTHING = Buffer.alloc(0);

// A few milliseconds each. Larger for JSON: an array that fits into one slice is read in one go.
const SLICE_BYTES: Record<BodyFormat, number> = {
  json: 128 * 1024,
  'json-objects': 128 * 1024,
  'json-lines': 128 * 1024,
  ndjson: 32 * 1024,
  csv: 32 * 1024,
};

/** What is wrong with these concerns all of the body. */
const WHOLE = new Set<BodyFormat>(['json', 'json-objects', 'json-lines']);

/** Bytes of a body that are inspected for how its lines end. */
const HEAD_BYTES = 64 * 1024;

const PARSERS: Record<BodyFormat, () => RecordParser> = {
  json: () => new JsonArrayParser(),
  'json-objects': () => new JsonObjectsParser(),
  'json-lines': () => new JsonArrayParser(lineElement),
  ndjson: () => new NdjsonParser(),
  csv: () => new CsvParser(),
};

/** The body of a route with `body: 'bytes'`; Fastify gives none to a request that has no media type. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : NOTHING;
}

/** What the body of POST /logs is, by its media type and, for JSON, how it begins. @throws as `refuse` */
export function logsFormat(request: FastifyRequest, body: Buffer): BodyFormat | 'object' {
  const type = request.headers['content-type'] ?? '';
  if (/^text\/csv/i.test(type)) return 'csv';
  if (!/^application\/json\b/i.test(type) && type !== '') return 'ndjson';
  const first = firstCharacter(body);
  if (first === '{') return severalObjects(body) ?? oneEntry(body);
  return first === '[' ? 'json' : refuse(body, 'an object or an array');
}

/** What a body of JSON objects one behind the other is, as Fluent Bit sends its chunks; null for anything else. */
function severalObjects(body: Buffer): BodyFormat | null {
  // As a rule the first brace that closes is the last: nothing more is looked at then.
  const end = blanksFrom(body, body.indexOf(CLOSE_BRACE) + 1) === body.length ? -1 : endOfObject(body);
  if (end < 0 || body[blanksFrom(body, end)] !== OPEN_BRACE) return null;
  const newline = body.indexOf(NEWLINE);
  // An object a line: one that is bad is refused alone.
  return newline >= end && newline < blanksFrom(body, end) ? 'ndjson' : 'json-objects';
}

/** Where the object that a body begins with ends, -1 for one that is none or larger than a record may be. */
function endOfObject(body: Buffer): number {
  const most = Math.min(body.length, MAX_RECORD_BYTES);
  let depth = 0;
  for (let at = 0; at < most; at++) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfString(body, at + 1, most);
    else if (byte === OPEN_BRACE) depth++;
    else if (byte === CLOSE_BRACE && --depth <= 0) return at + 1;
  }
  return -1;
}

function endOfString(body: Buffer, begin: number, most: number): number {
  let at = begin;
  while (at < most && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

function blanksFrom(body: Buffer, begin: number): number {
  let at = begin;
  while (BLANKS.has(body[at])) at++;
  return at;
}

// Parsed at once: many times what the longest valid entry takes.
function oneEntry(body: Buffer): 'object' {
  if (body.length <= MAX_RECORD_BYTES) return 'object';
  const most = `${MAX_RECORD_BYTES / 1024} KiB`;
  throw new SightlineError(
    'request_too_large',
    `A single entry must not be larger than ${most}: send several as an array`,
  );
}

/** POST /upload takes an array only. @throws as `refuse` */
export function uploadFormat(body: Buffer): BodyFormat {
  return firstCharacter(body) === '[' ? 'json-lines' : refuse(body, 'an array of lines');
}

function firstCharacter(body: Buffer): string {
  let at = 0;
  while (BLANKS.has(body[at]) || BOM.has(body[at])) at++;
  return String.fromCharCode(body[at]);
}

/** @throws SightlineError `invalid_json` where it is none, else `validation_error` */
function refuse(body: Buffer, wanted: string): never {
  if (body.length <= MAX_RECORD_BYTES) parseJsonText(jsonText(body));
  const details = [{ field: '', message: `must be ${wanted}` }];
  throw new SightlineError('validation_error', `The body must be ${wanted}`, { details });
}

/** What a body of many records may be. */
export type BodyFormat = 'json' | 'json-objects' | 'ndjson' | 'csv' | 'json-lines';

/** The records of a body. @throws SightlineError `invalid_json`, before the first record */
export async function* recordsOf(body: Buffer, format: BodyFormat): AsyncGenerator<RawRecord[]> {
  const sliceBytes = SLICE_BYTES[format];
  const records = () => readRecords(PARSERS[format](), slicesOf(body, sliceBytes));
  // An array that is cut off is not JSON: that must be known before its beginning is stored.
  if (WHOLE.has(format)) {
    if (body.length > sliceBytes) await readAll(records());
    yield* records();
  } else if (hasCrLines(body.subarray(0, HEAD_BYTES))) {
    yield* readRecords(PARSERS[format](), slicesOf(withLineFeeds(body), sliceBytes));
  } else yield* records();
}

async function readAll(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}
