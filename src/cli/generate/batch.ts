import type { FieldError } from '../../core/errors.js';
import {
  readAnswer,
  reasonOf,
  unaccounted,
  type AnswerForm,
  type HttpAnswer,
  type Outcome,
} from './answer.js';
import type { Item, Sent } from './traffic.js';

/** What goes out in one request. */
export interface Batch {
  items: readonly Sent[];
  path: string;
  body: string;
  headers: Record<string, string>;
  read(answer: HttpAnswer): Outcome;
}

const headers = { 'content-type': 'application/json' };

/** One item alone goes to the single ingest where `batch` is 1, to the batch ingest otherwise. */
export function batchOf(items: readonly Item[], batch: number): Batch {
  const read = (answer: HttpAnswer) => readAnswer(form, items, batch === 1, answer);
  if (batch === 1) return { items, path: '/api/v1/ingest', body: items[0].json, headers, read };
  const body = `{"logs":[${items.map(({ json }) => json).join(',')}]}`;
  return { items, path: '/api/v1/batch-ingest', body, headers, read };
}

interface BatchData {
  total_received: number;
  logs_processed: number;
  duplicates: number;
  rejected: { index: number; event_id: string | null; errors: FieldError[] }[];
}

const form: AnswerForm<Item> = {
  status: 201,
  badRecord: ['validation_error', 'invalid_event_type', 'invalid_priority'],
  path: /^logs\[(\d+)\]\.?(.*)$/,
  readOne(items, body) {
    const data = (body as { data?: { event_id: string; duplicate: boolean } } | null)?.data;
    if (data?.event_id !== items[0].eventId || typeof data.duplicate !== 'boolean') return unaccounted(201);
    return { kind: 'acknowledged', duplicates: data.duplicate ? 1 : 0, rejected: [] };
  },
  readMany(items, body) {
    const data = (body as { data?: BatchData } | null)?.data;
    if (!data || !Array.isArray(data.rejected)) return unaccounted(201);
    const { total_received: received, logs_processed: processed, duplicates, rejected } = data;
    const named = rejected.every(
      ({ index, event_id: id }) => items[index] && (items[index].eventId ?? id) === id,
    );
    const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
    const adds = received === items.length && processed + rejected.length === received;
    if (!named || !distinct || !adds || !(duplicates >= 0 && duplicates <= processed))
      return unaccounted(201);
    const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
    return { kind: 'acknowledged', duplicates, rejected: reasons };
  },
};
