import { Injectable } from '@nestjs/common';
import { EntryDecoder, type Decoded, type RecordSource } from '../core/ports/record-decoder.js';
import type { NewAccessEntry } from '../core/records/access-entry.js';
import { ownFields } from '../core/records/record-format.js';
import { anyEntry } from './access-entry.schema.js';
import { parseLine } from './formats/lines-parser.js';
import { jsonRecord } from './formats/ndjson-parser.js';
import { prepareEntry, type PrepareContext } from './prepare-entry.js';

/** By the very rules of POST /logs for an array, and of POST /upload for a line. */
@Injectable()
export class ApiEntryDecoder extends EntryDecoder {
  decode(raw: unknown, source: RecordSource, checkText: boolean): Decoded<NewAccessEntry> {
    const { error } = jsonRecord(raw, checkText);
    if (error) return { errors: [error] };
    // Nobody is there to be warned of a time by another name, which would be read as none.
    if (source !== 'own') return prepared(raw, { ...source, check: anyEntry, knowsTime: true });
    const own = ownFields(raw);
    if ('errors' in own) return own;
    const { projectId, receivedAt, reportedTimestamp } = own;
    // A line of an access log that had neither address nor path was one by its form, and was acknowledged.
    const decoded = prepared(raw, { projectId, receivedAt, check: anyEntry, mayBeBare: true });
    if (decoded.record && reportedTimestamp !== null) decoded.record.reportedTimestamp = reportedTimestamp;
    return decoded;
  }

  decodeLine(line: string, source: Exclude<RecordSource, 'own'>): Decoded<NewAccessEntry> {
    const { value, error } = parseLine(line);
    return error ? { errors: [error] } : prepared(value, { ...source, check: anyEntry });
  }
}

function prepared(raw: unknown, context: PrepareContext): Decoded<NewAccessEntry> {
  const { entry, errors } = prepareEntry(raw, context);
  return entry ? { record: entry } : { errors };
}
