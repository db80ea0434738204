import { readAnswer, type HttpAnswer, type Outcome } from './answer.js';
import type { Item } from './traffic.js';

/** One thing that is sent. */
export interface Sent {
  /** null for what has none. */
  eventId: string | null;
  /** `copy`: a good one that was made before, sent again on purpose. */
  kind: 'good' | 'bad' | 'copy';
}

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
  const read = (answer: HttpAnswer) => readAnswer(items, batch === 1, answer);
  if (batch === 1) return { items, path: '/api/v1/ingest', body: items[0].json, headers, read };
  const body = `{"logs":[${items.map(({ json }) => json).join(',')}]}`;
  return { items, path: '/api/v1/batch-ingest', body, headers, read };
}
