import type { FieldError } from './errors.js';
import { jsonIn, mayHoldUnstorableText } from './json/json.js';
import type { LetterFormat } from './ports/dead-letters.js';
import type { DecodedMessage, LogFormat, LogMessage, LogOnce, RefusedRecord } from './ports/log-ingest.js';
import type { Decoded, RecordSource } from './ports/record-decoder.js';
import type { ACCESS_FORMAT, EVENTS_FORMAT } from './records/record-format.js';

/** One record of a message, not validated yet. */
export interface RawRecord {
  /** As `payload` of a dead letter is read: `line` where `raw` is one, else `raw` is parsed JSON. */
  format: Exclude<LetterFormat, 'message'>;
  raw: unknown;
  /** What is wrong with a line that is not JSON; `raw` is its text. */
  error?: FieldError;
}

export type SplitMessage =
  | { records: RawRecord[]; once?: LogOnce; problem?: undefined }
  /** In a sentence why nothing can be read from it. */
  | { records?: undefined; once?: undefined; problem: string };

/**
 * What a message holds. `own`: a chunk of the format given. `records`: a JSON object, an array of them, or one a line. `lines`: lines
 * of text, or a JSON array of them; blank ones are passed over.
 */
export function splitMessage(
  value: string,
  format: LogFormat,
  own: typeof EVENTS_FORMAT | typeof ACCESS_FORMAT,
): SplitMessage {
  const text = value.trim();
  if (text === '') return { problem: 'The message is empty' };
  if (format === 'own') return ownChunk(text, own);
  return format === 'records' ? records(text) : lines(text);
}

/** The records of a message, each by `decode`; a message that cannot be split is refused as a whole. */
export function decodeMessage<NewRecord>(
  message: LogMessage,
  own: typeof EVENTS_FORMAT | typeof ACCESS_FORMAT,
  decode: (record: RawRecord, source: RecordSource, checkText: boolean) => Decoded<NewRecord>,
): DecodedMessage<NewRecord> {
  const { format, projectId, value, writtenAt } = message;
  const split = splitMessage(value, format, own);
  if (split.problem !== undefined) {
    return { records: [], indexes: [], refused: [refusedMessage(message, split.problem)] };
  }
  const found: DecodedMessage<NewRecord> = { records: [], indexes: [], refused: [], once: split.once };
  const checkText = mayHoldUnstorableText(value);
  const others = { projectId: projectId ?? 0, receivedAt: writtenAt };
  split.records.forEach((raw, index) => {
    const source = raw.format === 'own_record' ? 'own' : others;
    const decoded = raw.error ? { errors: [raw.error] } : decode(raw, source, checkText);
    if (decoded.errors) found.refused.push(refusedRecord(raw, index, message, decoded.errors));
    else {
      found.records.push(decoded.record);
      found.indexes.push(index);
    }
  });
  return found;
}

/** A record that is not valid. */
function refusedRecord(
  { format, raw }: RawRecord,
  index: number,
  { projectId }: LogMessage,
  errors: readonly FieldError[],
): RefusedRecord {
  return {
    index,
    projectId,
    format,
    payload: typeof raw === 'string' ? raw : JSON.stringify(raw),
    reason: 'validation_error',
    message: 'The record is not valid',
    details: errors.map(({ field, message }) => ({ field, message })),
  };
}

/** A message that no record can be read from. */
function refusedMessage({ projectId, value }: LogMessage, problem: string): RefusedRecord {
  return {
    index: 0,
    projectId,
    format: 'message',
    payload: value,
    reason: 'invalid_message',
    message: problem,
    details: [],
  };
}

function ownChunk(text: string, own: string): SplitMessage {
  const chunk = jsonIn(text) as { format?: unknown; records?: unknown; once?: unknown } | null | undefined;
  if (chunk === undefined) return { problem: 'The message is not valid JSON' };
  if (chunk?.format !== own) return { problem: `The format of the message is not ${own}` };
  if (!Array.isArray(chunk.records)) return { problem: 'The message has no array of records' };
  const once = chunk.once === undefined ? undefined : onceOf(chunk.once);
  if (once === null) return { problem: 'What the message says of its Idempotency-Key is not valid' };
  return { records: chunk.records.map((raw: unknown) => ({ format: 'own_record', raw })), once };
}

const DIGEST = /^[0-9a-f]{64}$/;

function onceOf(raw: unknown): LogOnce | null {
  const { project_id, key, body_digest, expires_at_ms, answer } = (raw ?? {}) as Record<string, unknown>;
  const isValid =
    Number.isSafeInteger(project_id) &&
    DIGEST.test(String(key)) &&
    DIGEST.test(String(body_digest)) &&
    Number.isSafeInteger(expires_at_ms) &&
    answer !== undefined;
  if (!isValid) return null;
  return {
    projectId: project_id as number,
    key: key as string,
    bodyDigest: body_digest as string,
    expiresAtMs: expires_at_ms as number,
    answer: () => answer,
  };
}

function records(text: string): SplitMessage {
  const whole = jsonIn(text);
  if (Array.isArray(whole)) return { records: whole.map((raw: unknown) => ({ format: 'record', raw })) };
  if (whole !== undefined) return { records: [{ format: 'record', raw: whole }] };
  const found = linesOf(text).map((line): RawRecord => {
    const raw = jsonIn(line);
    const error = raw === undefined ? { field: '', message: 'is not valid JSON' } : undefined;
    return { format: 'record', raw: raw ?? line, error };
  });
  if (found.every(({ error }) => error !== undefined))
    return { problem: 'The message is neither JSON nor NDJSON' };
  return { records: found };
}

function lines(text: string): SplitMessage {
  const whole = text.startsWith('[') ? jsonIn(text) : undefined;
  const found = Array.isArray(whole) ? (whole as unknown[]) : linesOf(text);
  return {
    records: found
      .filter((line) => typeof line !== 'string' || line.trim() !== '')
      .map((line) =>
        typeof line === 'string' ? { format: 'line', raw: line } : { format: 'record', raw: line },
      ),
  };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
