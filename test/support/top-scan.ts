import { expect } from 'vitest';
import type { Top, TopOrder } from '../../src/core/counting/top.js';
import { near } from './near.js';

/** What a scan finds of one value. */
export interface Measured {
  value: string;
  count: number;
  errors: number;
  durations: number[];
}

/** Holds a top against every value that a scan of its window found (without those that are never told), and how many records it has. */
export function expectTop(
  top: Top,
  scanned: readonly Measured[],
  total: number,
  { order = 'count', limit }: { order?: TopOrder; limit: number },
): void {
  const first = scanned.filter((one) => has(one, order)).sort((a, b) => compare(a, b, order));
  expect(top.values.length).toBe(Math.min(limit, first.length));
  // means differ in the last digit, by the order in which they were added up
  if (order !== 'avg_ms') {
    expect(top.values.map(({ value }) => value)).toEqual(first.slice(0, limit).map(({ value }) => value));
  }
  const byValue = new Map(first.map((one) => [one.value, one]));
  top.values.forEach(({ value, ...found }, place) => {
    const { count, errors, durations } = byValue.get(value)!;
    // MariaDB writes some doubles one off in the 17th digit
    const max_ms = durations.length === 0 ? null : near(Math.max(...durations), 1e-15);
    const mean = meanOf(durations);
    expect({ value, ...found }).toEqual({ value, count, errors, avg_ms: mean && near(mean, 1e-9), max_ms });
    if (order === 'avg_ms') expect(found.avg_ms).toEqual(near(meanOf(first[place].durations)!, 1e-9));
  });
  const shown = top.values.reduce((sum, { count }) => sum + count, 0);
  expect({ total: top.total, other: top.other }).toEqual({ total, other: total - shown });
}

function has({ errors, durations }: Measured, order: TopOrder): boolean {
  if (order === 'count') return true;
  return order === 'errors' ? errors > 0 : durations.length > 0;
}

function compare(a: Measured, b: Measured, order: TopOrder): number {
  const byBytes = Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
  return measure(b, order) - measure(a, order) || b.count - a.count || byBytes;
}

function measure({ count, errors, durations }: Measured, order: TopOrder): number {
  if (order === 'avg_ms') return meanOf(durations) ?? 0;
  return { count, errors, max_ms: Math.max(...durations) }[order];
}

function meanOf(durations: readonly number[]): number | null {
  return durations.length === 0 ? null : durations.reduce((a, b) => a + b) / durations.length;
}
