import type { NewAccessEntry } from '../../src/core/access-entry.js';
import { MAX_COUNTED_BYTES, type AccessDimension, type AccessWindow } from '../../src/core/access-stats.js';
import type { Micros } from '../../src/core/event.js';

/** Entries of a window: what every number is held against. */
export function within(entries: readonly NewAccessEntry[], { from, to }: AccessWindow): NewAccessEntry[] {
  return entries.filter(({ timestamp }) => timestamp >= from && timestamp < to);
}

/** By value of a dimension, '' for entries without one. */
export function scanCounts(
  entries: readonly NewAccessEntry[],
  dimension: AccessDimension,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const value = String(entry[FIELDS[dimension]] ?? '');
    const told = Buffer.byteLength(value) > MAX_COUNTED_BYTES ? '(other)' : value;
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  return counts;
}

const FIELDS = { status: 'status', method: 'method', path: 'path', user_agent: 'userAgent' } as const;

/** The entries from each start to the next; the last ends with the window. */
export function scanPoints(
  entries: readonly NewAccessEntry[],
  { to }: AccessWindow,
  starts: readonly Micros[],
): NewAccessEntry[][] {
  return starts.map((from, index) => within(entries, { from, to: starts[index + 1] ?? to }));
}

export function scanIps(entries: readonly NewAccessEntry[]): number {
  return new Set(entries.flatMap(({ ip }) => ip ?? [])).size;
}
