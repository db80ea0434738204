import { randomUUID } from 'node:crypto';
import type { Parcel, Sent } from '../parcel.js';
import { readAccessAnswer } from './access-answer.js';
import type { RawEntry } from '../../../samples/access/access-maker.js';

export const ACCESS_FORMATS = ['json', 'array', 'ndjson', 'csv', 'lines'] as const;
/** How entries are sent: one object a request, many of them in three ways, or lines to POST /upload. */
export type AccessFormat = (typeof ACCESS_FORMATS)[number];

export interface AccessItem extends Sent {
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
export function packAccess(items: readonly AccessItem[], format: AccessFormat): Parcel {
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
