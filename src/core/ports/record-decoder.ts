import type { FieldError } from '../errors.js';
import type { NewAccessEntry } from '../records/access-entry.js';
import type { NewEvent } from '../records/event.js';
import type { Micros } from '../time.js';

/** Where a record came from: `own` is one that names its project and time of receipt (core/records/record-format.ts), others are told. */
export type RecordSource = 'own' | { projectId: number; receivedAt: Micros };

/** A record, or what is wrong with it. */
export type Decoded<NewRecord> =
  | { record: NewRecord; errors?: undefined }
  | { record?: undefined; errors: readonly FieldError[] };

/** What came from a topic or waits as a dead letter, held to the rules of the API. */
export abstract class EventDecoder {
  /**
   * `raw` is parsed with `parseJson`. The size of an own record is not judged again: it was acknowledged.
   * @param checkText the text that it was parsed from may hold NUL or half surrogate pairs (`mayHoldUnstorableText`)
   */
  abstract decode(raw: unknown, source: RecordSource, checkText: boolean): Decoded<NewEvent>;
}

export abstract class EntryDecoder {
  /** As EventDecoder.decode. `upsertIp` is false: whether the address needs an upsert is for who stores the entry to say. */
  abstract decode(raw: unknown, source: RecordSource, checkText: boolean): Decoded<NewAccessEntry>;

  /** A line `RFC3339 IP METHOD PATH STATUS LATENCYms`. */
  abstract decodeLine(line: string, source: Exclude<RecordSource, 'own'>): Decoded<NewAccessEntry>;
}
