import type { FieldError } from '../../core/errors.js';
import type { Failure } from '../../http/query/failure.dto.js';
import type { Sent } from './traffic.js';

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

/** How the routes for a kind of record answer. */
export interface AnswerForm<Item extends Sent> {
  /** Of a success. */
  status: number;
  /** The error codes of a request in which no record was good. */
  badRecord: readonly string[];
  /** Finds the index of a record, then its field, in what such an error is about. */
  path: RegExp;
  /** Reads the body of a success: of one record, and of many. */
  readOne(items: readonly Item[], body: unknown): Outcome;
  readMany(items: readonly Item[], body: unknown): Outcome;
}

/** Reads an answer, and holds the server to account for each record. */
export function readAnswer<Item extends Sent>(
  form: AnswerForm<Item>,
  items: readonly Item[],
  single: boolean,
  answer: HttpAnswer,
): Outcome {
  const body = parseBody(answer.body);
  if (answer.status === form.status) return single ? form.readOne(items, body) : form.readMany(items, body);
  const { error, message = '', details = [] } = (body ?? {}) as Partial<Failure>;
  const { status } = answer;
  if (status === 400 && form.badRecord.includes(error ?? '')) {
    const rejected = single
      ? [{ index: 0, reason: reasonOf(details) }]
      : rejectedBy(form.path, items, details);
    if (rejected) return { kind: 'acknowledged', duplicates: 0, rejected };
  }
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: 'retry', reason: error ?? String(status), afterMs: retryAfterMs(answer.retryAfter) };
  }
  return { kind: 'refused', reason: `${status} ${error ?? ''} ${message}`.trimEnd() };
}

/** Of a batch in which nothing was good, each item must be named; null where it is not so. */
function rejectedBy(
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

/** null where it is no JSON. */
function parseBody(text: string): unknown {
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

export function unaccounted(status: number): Outcome {
  return { kind: 'refused', reason: `${status}, but the answer does not account for all that was sent` };
}
