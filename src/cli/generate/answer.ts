import type { Item, Sent } from './traffic.js';

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

/** What an answer says of a batch. */
export type Outcome =
  | { kind: 'acknowledged'; duplicates: number; rejected: readonly Rejection[] }
  /** Send it again, not before `afterMs`. */
  | { kind: 'retry'; reason: string; afterMs: number }
  /** No repetition helps. */
  | { kind: 'refused'; reason: string };

export interface FieldError {
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

/** Reads an answer to events, and holds the server to account for each of them. */
export function readAnswer(items: readonly Item[], single: boolean, answer: HttpAnswer): Outcome {
  const body = parseBody(answer.body);
  if (answer.status === 201) return single ? readSingle(items, body) : readBatch(items, body);
  const { error, details = [] } = (body ?? {}) as Failure;
  if (answer.status === 400 && BAD_EVENT.includes(error ?? '')) {
    const rejected = single
      ? [{ index: 0, reason: reasonOf(details) }]
      : rejectedBy(/^logs\[(\d+)\]\.?(.*)$/, items, details);
    if (rejected) return { kind: 'acknowledged', duplicates: 0, rejected };
  }
  return readFailure(answer, body);
}

/** What an answer without any acknowledgement says. */
export function readFailure({ status, retryAfter }: HttpAnswer, body: unknown): Outcome {
  const { error, message = '' } = (body ?? {}) as Failure;
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: 'retry', reason: error ?? String(status), afterMs: retryAfterMs(retryAfter) };
  }
  return { kind: 'refused', reason: `${status} ${error ?? ''} ${message}`.trimEnd() };
}

/** null where it is no JSON. */
export function parseBody(text: string): unknown {
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

export function reasonOf(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
}

function readSingle(items: readonly Item[], body: unknown): Outcome {
  const data = (body as { data?: { event_id: string; duplicate: boolean } } | null)?.data;
  if (data?.event_id !== items[0].eventId || typeof data.duplicate !== 'boolean') return unaccounted(201);
  return { kind: 'acknowledged', duplicates: data.duplicate ? 1 : 0, rejected: [] };
}

function readBatch(items: readonly Item[], body: unknown): Outcome {
  const data = (body as { data?: BatchData } | null)?.data;
  if (!data || !Array.isArray(data.rejected)) return unaccounted(201);
  const { total_received: received, logs_processed: processed, duplicates, rejected } = data;
  const named = rejected.every(
    ({ index, event_id: id }) => items[index] && (items[index].eventId ?? id) === id,
  );
  const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
  const adds = received === items.length && processed + rejected.length === received;
  if (!named || !distinct || !adds || !(duplicates >= 0 && duplicates <= processed)) return unaccounted(201);
  const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
  return { kind: 'acknowledged', duplicates, rejected: reasons };
}

/** Of a batch in which nothing was good, each item must be named; null where it is not so. `path` finds its index, then the field. */
export function rejectedBy(
  path: RegExp,
  items: readonly Sent[],
  details: readonly FieldError[],
): Rejection[] | null {
  const reasons = new Map<number, string>();
  for (const { field, message } of details) {
    const [, index, name] = path.exec(field) ?? [];
    if (index !== undefined) reasons.set(Number(index), `${name} ${message}`.trim());
  }
  const rejected = items.map((_, index) => ({ index, reason: reasons.get(index) ?? '' }));
  return reasons.size === items.length && rejected.every(({ index }) => reasons.has(index)) ? rejected : null;
}

export function unaccounted(status: number): Outcome {
  return { kind: 'refused', reason: `${status}, but the answer does not account for all that was sent` };
}
