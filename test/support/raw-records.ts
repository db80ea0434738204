import { readRecords, type RawRecord, type RecordParser } from '../../src/access/formats/record-parser.js';

/** Every record of a text, given to the parser in pieces of so many bytes. */
export async function recordsIn(
  parser: RecordParser,
  text: string | Buffer,
  pieceBytes = Infinity,
): Promise<RawRecord[]> {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  const step = Math.min(pieceBytes, bytes.length);
  for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
  const records: RawRecord[] = [];
  for await (const batch of readRecords(parser, pieces)) records.push(...batch);
  return records;
}

/** As `recordsIn`: a value, or the text of why there is none. */
export async function outcomesIn(
  parser: RecordParser,
  text: string | Buffer,
  pieceBytes?: number,
): Promise<unknown[]> {
  const records = await recordsIn(parser, text, pieceBytes);
  return records.map(({ value, errors }) =>
    errors ? errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ') : value,
  );
}
