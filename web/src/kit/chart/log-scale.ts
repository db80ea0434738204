import { stacked, type Values } from '../series.js';

/** The highest points of a chart, by which its scale is chosen. */
const TOP_SHARE = 0.05;
const FLATTENING = 10;
const LEAST_POINTS = 6;

/** Is one point, or one in twenty, so high that the others are flattened against the axis? */
export function isFlattened(rows: readonly Values[], kind: 'bars' | 'lines'): boolean {
  const heights = heightsOf(rows, kind).filter((height) => height > 0);
  if (heights.length < LEAST_POINTS) return false;
  heights.sort((a, b) => b - a);
  const rest = heights[Math.ceil(heights.length * TOP_SHARE)];
  return heights[0] >= rest * FLATTENING;
}

function heightsOf(rows: readonly Values[], kind: 'bars' | 'lines'): number[] {
  if (rows.length === 0) return [];
  if (kind === 'bars') return stacked(rows)[rows.length - 1];
  return rows[0].map((_, index) => Math.max(...rows.map((row) => row[index] ?? 0)));
}

/** Ticks of a logarithmic axis (asinh) up to `max`, evenly, no more than there is room for, the lowest not upon zero. */
export function logTicks(decades: readonly number[], max: number, most: number): number[] {
  const within = decades.filter(
    (decade) => decade <= max && Math.asinh(decade) * most > Math.asinh(max) * 0.6,
  );
  const each = Math.max(1, Math.ceil(within.length / Math.max(most - 1, 1)));
  return [0, ...within.filter((_, index) => (within.length - 1 - index) % each === 0)];
}
