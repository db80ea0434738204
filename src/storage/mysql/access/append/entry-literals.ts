import type { NewAccessEntry } from '../../../../core/access-entry.js';
import { number, text, time, type Literal } from '../../literals.js';

const DAY_MICROS = 86_400_000_000;

export const ROW_COLUMNS =
  'project_id, timestamp, reported_timestamp, created_at, ip, method, path, status, latency_ms, user_agent';

/** An entry as a row of access_logs. */
export function rowLiteral(entry: NewAccessEntry): Literal {
  return `(${[
    number(entry.projectId),
    time(entry.timestamp),
    time(entry.reportedTimestamp),
    time(entry.createdAt),
    text(entry.ip),
    text(entry.method),
    text(entry.path),
    number(entry.status),
    number(entry.latencyMs),
    text(entry.userAgent),
  ].join(',')})`;
}

/** The UTC day of receipt, in days since the epoch: the partition. */
export function receiptDay(entry: NewAccessEntry): number {
  return Math.floor(entry.createdAt / DAY_MICROS);
}
