import { MAX_COUNTED_BYTES } from '../../src/core/counting/kind.js';
import type { Window } from '../../src/core/counting/time-cover.js';
import {
  type AccessDimension,
  type AccessWindow,
  noStatuses,
  type StatusClass,
  type StatusCounts,
} from '../../src/core/ports/access-stats.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import type { Measured } from './top-scan.js';

/** Entries of a window: what every number is held against. */
export function within(entries: readonly NewAccessEntry[], { from, to }: AccessWindow): NewAccessEntry[] {
  return entries.filter(({ timestamp }) => timestamp >= from && timestamp < to);
}

/** By value of a dimension, '' for entries without one. */
export function scanCounts(
  entries: readonly NewAccessEntry[],
  dimension: AccessDimension,
): Map<string, number> {
  return new Map([...byValue(entries, dimension)].map(([value, some]) => [value, some.length]));
}

function byValue(entries: readonly NewAccessEntry[], dimension: AccessDimension) {
  return Map.groupBy(entries, (entry) => {
    const value = String(entry[FIELDS[dimension]] ?? '');
    return Buffer.byteLength(value) > MAX_COUNTED_BYTES ? '(other)' : value;
  });
}

const FIELDS = {
  status: 'status',
  method: 'method',
  path: 'path',
  user_agent: 'userAgent',
  ip: 'ip',
} as const;

/** The entries from each start to the next; the last ends with the window. */
export function scanPoints(entries: readonly NewAccessEntry[], { to, starts }: Window): NewAccessEntry[][] {
  return starts.map((from, index) => within(entries, { from, to: starts[index + 1] ?? to }));
}

export function scanIps(entries: readonly NewAccessEntry[]): number {
  return new Set(entries.flatMap(({ ip }) => ip ?? [])).size;
}

/** Every value of a dimension that may be told, measured. */
export function scanMeasured(entries: readonly NewAccessEntry[], dimension: AccessDimension): Measured[] {
  const values = [...byValue(entries, dimension)].filter(([value]) => value !== '(other)');
  return values.map(([value, some]) => ({
    value,
    count: some.length,
    errors: some.filter(({ status }) => (status ?? 0) >= 400).length,
    durations: some.flatMap(({ latencyMs }) => latencyMs ?? []),
  }));
}

export function scanStatuses(entries: readonly NewAccessEntry[]): StatusCounts {
  const counts = noStatuses();
  for (const { status } of entries) {
    counts[status === null ? 'none' : (`${Math.floor(status / 100)}xx` as StatusClass)]++;
  }
  return counts;
}
