import type { NewAccessEntry } from '../../../../core/access-entry.js';
import { number, text, time, type Literal } from '../../literals.js';

const DAY_MICROS = 86_400_000_000;

export const ROW_COLUMNS =
  'project_id, timestamp, reported_timestamp, created_at, ip, method, path, status, latency_ms, user_agent';
export const DELTA_COLUMNS = 'project_id, day, timestamp, ip, method, path, status, latency_ms, user_agent';

/** An entry as it stands in the statements that store it. */
export interface EntryLiterals {
  row: Literal;
  delta: Literal;
}

export function entryLiterals(entry: NewAccessEntry): EntryLiterals {
  const project = number(entry.projectId);
  const timestamp = time(entry.timestamp);
  const createdAt = time(entry.createdAt);
  const what = [
    text(entry.ip),
    text(entry.method),
    text(entry.path),
    number(entry.status),
    number(entry.latencyMs),
    text(entry.userAgent),
  ].join(',');
  const day = `${createdAt.slice(0, 11)}'`;
  return {
    row: `(${project},${timestamp},${time(entry.reportedTimestamp)},${createdAt},${what})`,
    delta: `(${project},${day},${timestamp},${what})`,
  };
}

/** The UTC day of receipt, in days since the epoch: the partition. */
export function receiptDay(entry: NewAccessEntry): number {
  return Math.floor(entry.createdAt / DAY_MICROS);
}
