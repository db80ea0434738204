import { setImmediate as othersTurn } from 'node:timers/promises';
import type { RawRecord, RecordParser } from './record-parser.js';

/** Every record of a body or file, in batches, at constant memory. `isWhole` is asked at the end: was there all of it? */
export async function* readRecords(
  parser: RecordParser,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  isWhole: () => boolean = () => true,
): AsyncGenerator<RawRecord[], void, undefined> {
  for await (const chunk of chunks) {
    const records = parser.write(chunk);
    if (records.length > 0) yield records;
  }
  const last = await (isWhole() ? parser.end() : parser.cut());
  if (last.length > 0) yield last;
}

/** A body in slices, with other requests' turn between them: parsing 10 MB at once would keep all of them waiting. */
export async function* slicesOf(body: Buffer, sliceBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < body.length; at += sliceBytes) {
    if (at > 0) await othersTurn();
    yield body.subarray(at, at + sliceBytes);
  }
}
