import type { Parcel } from './parcel.js';

export interface HttpAnswer {
  status: number;
  /** As it came; undefined where there was none. */
  retryAfter: string | undefined;
  body: string;
}

export interface Rejection {
  index: number;
  reason: string;
}

/** What an answer says of a parcel. */
export type Verdict =
  | { kind: 'acknowledged'; duplicates: number; rejected: readonly Rejection[] }
  /** Send it again, not before `afterMs`. */
  | { kind: 'retry'; reason: string; afterMs: number }
  /** No repetition helps. */
  | { kind: 'refused'; reason: string };

interface FieldError {
  field: string;
  message: string;
}
interface Failure {
  error?: string;
  message?: string;
  details?: FieldError[];
}
interface BatchData {
  total_received: number;
  logs_processed: number;
  duplicates: number;
  rejected: { index: number; event_id: string | null; errors: FieldError[] }[];
}

const BAD_EVENT = ['validation_error', 'invalid_event_type', 'invalid_priority'];

/** Reads an answer, and holds the server to account for each event of the parcel. */
export function readAnswer(parcel: Parcel, answer: HttpAnswer): Verdict {
  const { status } = answer;
  const body = parse(answer.body);
  const single = parcel.path === '/api/v1/ingest';
  if (status === 201) return single ? readSingle(parcel, body) : readBatch(parcel, body);
  const { error, message = '', details = [] } = (body ?? {}) as Failure;
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: 'retry', reason: error ?? String(status), afterMs: retryAfterMs(answer.retryAfter) };
  }
  if (status === 400 && BAD_EVENT.includes(error ?? '')) {
    const rejected = single ? [{ index: 0, reason: reasonOf(details) }] : rejectedOf(parcel, details);
    if (rejected) return { kind: 'acknowledged', duplicates: 0, rejected };
  }
  return { kind: 'refused', reason: `${status} ${error ?? ''} ${message}`.trimEnd() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfterMs(header = ''): number {
  const seconds = Number(header);
  return seconds > 0 ? seconds * 1000 : 0;
}

function reasonOf(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
}

function readSingle({ items }: Parcel, body: unknown): Verdict {
  const data = (body as { data?: { event_id: string; duplicate: boolean } } | null)?.data;
  if (data?.event_id !== items[0].eventId || typeof data.duplicate !== 'boolean') return unaccounted();
  return { kind: 'acknowledged', duplicates: data.duplicate ? 1 : 0, rejected: [] };
}

function readBatch({ items }: Parcel, body: unknown): Verdict {
  const data = (body as { data?: BatchData } | null)?.data;
  if (!data || !Array.isArray(data.rejected)) return unaccounted();
  const { total_received: received, logs_processed: processed, duplicates, rejected } = data;
  const named = rejected.every(
    ({ index, event_id: id }) => items[index] && (items[index].eventId ?? id) === id,
  );
  const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
  const adds = received === items.length && processed + rejected.length === received;
  if (!named || !distinct || !adds || !(duplicates >= 0 && duplicates <= processed)) return unaccounted();
  const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
  return { kind: 'acknowledged', duplicates, rejected: reasons };
}

/** Of a batch in which nothing was good, each item must be named as `logs[i]`; null where it is not so. */
function rejectedOf({ items }: Parcel, details: readonly FieldError[]): Rejection[] | null {
  const reasons = new Map<number, string>();
  for (const { field, message } of details) {
    const [, index, name] = /^logs\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    if (index !== undefined) reasons.set(Number(index), `${name} ${message}`.trim());
  }
  const rejected = items.map((_, index) => ({ index, reason: reasons.get(index) ?? '' }));
  return reasons.size === items.length && rejected.every(({ index }) => reasons.has(index)) ? rejected : null;
}

function unaccounted(): Verdict {
  return { kind: 'refused', reason: '201, but the answer does not account for every event that was sent' };
}
