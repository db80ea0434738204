import type { Cells, Measures } from './cells.js';
import { OTHER } from './kind.js';

/** What values are put in order by: how many records, how many of them errors, how long they took. */
export const TOP_ORDERS = ['count', 'errors', 'avg_ms', 'max_ms'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

export interface TopValue {
  /** `''` for records without one. */
  value: string;
  count: number;
  errors: number;
  /** null where nothing was timed. */
  avg_ms: number | null;
  max_ms: number | null;
}

/** The first values of a dimension. */
export interface Top {
  /** In order of what was asked, then of their counts; only those that have errors, or durations, where these are the order. */
  values: TopValue[];
  /** Records of every value that is not among them: total = their counts + other. */
  other: number;
  /** All records of the window. */
  total: number;
}

/** What comes first, greatest first, and which values have it at all. */
const ORDERS: Record<TopOrder, { by: (measures: Measures) => number; has: (measures: Measures) => boolean }> =
  {
    count: { by: ({ n }) => n, has: () => true },
    errors: { by: ({ errors }) => errors, has: ({ errors }) => errors > 0 },
    avg_ms: { by: ({ sum, timed }) => sum / timed, has: ({ timed }) => timed > 0 },
    max_ms: { by: ({ max }) => max ?? 0, has: ({ timed }) => timed > 0 },
  };

/** The first values of all that are counted in a window. */
export function topOf(cells: Cells, order: TopOrder, limit: number): Top {
  const { by, has } = ORDERS[order];
  let total = 0;
  cells.forEach(({ n }) => (total += n));
  const values = [...cells.entries()]
    .filter(([value, measures]) => value !== OTHER && has(measures))
    .sort(([a, x], [b, y]) => by(y) - by(x) || y.n - x.n || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([value, { n, errors, timed, sum, max }]) => ({
      value,
      count: n,
      errors,
      avg_ms: timed === 0 ? null : sum / timed,
      max_ms: max,
    }));
  return { values, other: values.reduce((rest, { count }) => rest - count, total), total };
}
