import { readAnswer, type HttpAnswer, type Outcome } from './answer.js';
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
  const read = (answer: HttpAnswer) => readAnswer(items, batch === 1, answer);
  if (batch === 1) return { items, path: '/api/v1/ingest', body: items[0].json, headers, read };
  const body = `{"logs":[${items.map(({ json }) => json).join(',')}]}`;
  return { items, path: '/api/v1/batch-ingest', body, headers, read };
}
