import type { Item } from './traffic.js';

/** What goes out in one request. */
export interface Parcel {
  items: readonly Item[];
  path: string;
  body: string;
}

/** One item alone goes to the single ingest where `batch` is 1, to the batch ingest otherwise. */
export function pack(items: readonly Item[], batch: number): Parcel {
  if (batch === 1) return { items, path: '/api/v1/ingest', body: items[0].json };
  const body = `{"logs":[${items.map(({ json }) => json).join(',')}]}`;
  return { items, path: '/api/v1/batch-ingest', body };
}
