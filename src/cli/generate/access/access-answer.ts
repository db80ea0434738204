import {
  parseBody,
  readFailure,
  reasonOf,
  rejectedBy,
  unaccounted,
  type FieldError,
  type HttpAnswer,
  type Verdict,
} from '../answer.js';
import type { Sent } from '../parcel.js';

interface Accounted {
  received: number;
  accepted: number;
  rejected: { index: number; errors: FieldError[] }[];
  rejected_total: number;
}

/** Reads an answer to POST /logs or /upload, and holds the server to account for each entry. */
export function readAccessAnswer(items: readonly Sent[], single: boolean, answer: HttpAnswer): Verdict {
  const body = parseBody(answer.body);
  if (answer.status === 200) return single ? readSingle(body) : readMany(items, body as Accounted | null);
  if (answer.status === 400) {
    const { error, details = [] } = (body ?? {}) as { error?: string; details?: FieldError[] };
    const rejected = single
      ? [{ index: 0, reason: reasonOf(details) }]
      : rejectedBy(/^\[(\d+)\]\.?(.*)$/, items, details);
    if (error === 'validation_error' && rejected) return { kind: 'acknowledged', duplicates: 0, rejected };
  }
  return readFailure(answer, body);
}

function readSingle(body: unknown): Verdict {
  const { status } = (body ?? {}) as { status?: string };
  return status === 'success' ? { kind: 'acknowledged', duplicates: 0, rejected: [] } : unaccounted(200);
}

function readMany(items: readonly Sent[], body: Accounted | null): Verdict {
  if (!body || !Array.isArray(body.rejected)) return unaccounted(200);
  const { received, accepted, rejected, rejected_total: total } = body;
  const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
  const named = rejected.every(({ index }) => index in items) && rejected.length === total;
  if (received !== items.length || accepted + total !== received || !distinct || !named)
    return unaccounted(200);
  const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
  return { kind: 'acknowledged', duplicates: 0, rejected: reasons };
}
