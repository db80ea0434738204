import { CsvParser } from '../formats/csv/csv-parser.js';
import { JsonArrayParser } from '../formats/json/json-array-parser.js';
import { JsonObjectsParser } from '../formats/json/json-objects-parser.js';
import { hasCrLines, withLineFeeds } from '../formats/kit/line-ends.js';
import { readRecords, slicesOf } from '../formats/kit/read-records.js';
import type { RawRecord, RecordParser } from '../formats/kit/record-parser.js';
import { lineElement } from '../formats/lines/line-element.js';
import { NdjsonParser } from '../formats/ndjson/ndjson-parser.js';

/** What a body of many records may be. */
export type BodyFormat = 'json' | 'json-objects' | 'ndjson' | 'csv' | 'json-lines';

// A few milliseconds each. Larger for JSON: an array that is one slice is read once.
const SLICE_BYTES: Record<BodyFormat, number> = {
  json: 128 * 1024,
  'json-objects': 128 * 1024,
  'json-lines': 128 * 1024,
  ndjson: 32 * 1024,
  csv: 32 * 1024,
};

/** What is wrong with these concerns all of the body. */
const WHOLE = new Set<BodyFormat>(['json', 'json-objects', 'json-lines']);
/** Of a body that is looked at for how its lines end. */
const HEAD_BYTES = 64 * 1024;

const PARSERS: Record<BodyFormat, () => RecordParser> = {
  json: () => new JsonArrayParser(),
  'json-objects': () => new JsonObjectsParser(),
  'json-lines': () => new JsonArrayParser(lineElement),
  ndjson: () => new NdjsonParser(),
  csv: () => new CsvParser(),
};

/** The records of a body. @throws SightlineError `invalid_json`, before the first record */
export async function* recordsOf(body: Buffer, format: BodyFormat): AsyncGenerator<RawRecord[]> {
  const sliceBytes = SLICE_BYTES[format];
  const records = () => readRecords(PARSERS[format](), slicesOf(body, sliceBytes));
  // An array that ends in the middle is no JSON: that must be known before its beginning is stored.
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
