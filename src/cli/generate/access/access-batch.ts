import { randomUUID } from 'node:crypto';
import type { FieldError } from '../../../core/errors.js';
import type { RawEntry } from '../../../samples/access/access-maker.js';
import { readAnswer, reasonOf, unaccounted, type AnswerForm } from '../answer.js';
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
    read: (answer) => readAnswer(form, items, format === 'json', answer),
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

const form: AnswerForm<Sent> = {
  status: 200,
  badRecord: ['validation_error'],
  path: /^\[(\d+)\]\.?(.*)$/,
  readOne(_items, body) {
    const { status } = (body ?? {}) as { status?: string };
    return status === 'success' ? { kind: 'acknowledged', duplicates: 0, rejected: [] } : unaccounted(200);
  },
  readMany(items, body) {
    const { received, accepted, rejected, rejected_total: total } = (body ?? {}) as Partial<Accounted>;
    if (!Array.isArray(rejected) || accepted === undefined || total === undefined) return unaccounted(200);
    const distinct = new Set(rejected.map(({ index }) => index)).size === rejected.length;
    const named = rejected.every(({ index }) => index in items) && rejected.length === total;
    if (received !== items.length || accepted + total !== received || !distinct || !named)
      return unaccounted(200);
    const reasons = rejected.map(({ index, errors }) => ({ index, reason: reasonOf(errors) }));
    return { kind: 'acknowledged', duplicates: 0, rejected: reasons };
  },
};
