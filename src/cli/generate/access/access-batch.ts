import { randomUUID } from 'node:crypto';
import type { RawEntry } from '../../../samples/access/access-maker.js';
import {
  parseBody,
  readFailure,
  reasonOf,
  rejectedBy,
  unaccounted,
  type FieldError,
  type HttpAnswer,
  type Outcome,
} from '../answer.js';
import type { Batch } from '../batch.js';
import type { Sent } from '../traffic.js';

export const ACCESS_FORMATS = ['json', 'array', 'ndjson', 'csv', 'lines'] as const;
/** How entries are sent: one object a request, many of them in three ways, or lines to POST /upload. */
export type AccessFormat = (typeof ACCESS_FORMATS)[number];

interface AccessItem extends Sent {
  entry: RawEntry;
}

interface Body {
  path: string;
  contentType: string;
  write: (entries: readonly RawEntry[]) => string;
}

const json = 'application/json';
const COLUMNS = ['timestamp', 'ip', 'method', 'path', 'status', 'latency_ms', 'user_agent'] as const;

const bodies: Record<AccessFormat, Body> = {
  json: { path: '/logs', contentType: json, write: ([entry]) => JSON.stringify(entry) },
  array: { path: '/logs', contentType: json, write: (entries) => JSON.stringify(entries) },
  ndjson: {
    path: '/logs',
    contentType: 'application/x-ndjson',
    write: (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  },
  csv: {
    path: '/logs',
    contentType: 'text/csv',
    write: (entries) =>
      [COLUMNS, ...entries.map((entry) => COLUMNS.map((name) => entry[name]))].map(csvRow).join(''),
  },
  lines: {
    path: '/upload',
    contentType: json,
    write: (entries) => JSON.stringify(entries.map(lineOf)),
  },
};

/** An Idempotency-Key goes with each: to send one again stores nothing twice. */
export function accessBatchOf(items: readonly AccessItem[], format: AccessFormat): Batch {
  const { path, contentType, write } = bodies[format];
  return {
    items,
    path,
    body: write(items.map(({ entry }) => entry)),
    headers: { 'content-type': contentType, 'idempotency-key': randomUUID() },
    read: (answer) => readAccessAnswer(items, format === 'json', answer),
  };
}

function csvRow(cells: readonly (string | number)[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : cell,
  );
  return `${quoted.join(',')}\r\n`;
}

function lineOf({ timestamp, ip, method, path, status, latency_ms: latency }: RawEntry): string {
  return `${timestamp} ${ip} ${method} ${path} ${status} ${latency}ms`;
}

interface Accounted {
  received: number;
  accepted: number;
  rejected: { index: number; errors: FieldError[] }[];
  rejected_total: number;
}

/** Reads an answer to POST /logs or /upload, and holds the server to account for each entry. */
function readAccessAnswer(items: readonly Sent[], single: boolean, answer: HttpAnswer): Outcome {
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

function readSingle(body: unknown): Outcome {
  const { status } = (body ?? {}) as { status?: string };
  return status === 'success' ? { kind: 'acknowledged', duplicates: 0, rejected: [] } : unaccounted(200);
}

function readMany(items: readonly Sent[], body: Accounted | null): Outcome {
  if (!body || !Array.isArray(body.rejected)) return unaccounted(200);
  const { received, accepted, rejected, rejected_total: total } = body;
  const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
  const named = rejected.every(({ index }) => index in items) && rejected.length === total;
  if (received !== items.length || accepted + total !== received || !distinct || !named)
    return unaccounted(200);
  const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
  return { kind: 'acknowledged', duplicates: 0, rejected: reasons };
}
