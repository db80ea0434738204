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

/** What was measured of one value. */
export interface MeasuredValue {
  value: string;
  n: number;
  errors: number;
  duration_n: number;
  duration_sum: number;
  duration_max: number | null;
}

/** The answer of values that are in order already. */
export function topOf(found: readonly MeasuredValue[], total: number): Top {
  const values = found.map(({ value, n, errors, duration_n, duration_sum, duration_max }) => ({
    value,
    count: n,
    errors,
    avg_ms: duration_n === 0 ? null : duration_sum / duration_n,
    max_ms: duration_max,
  }));
  return { values, other: values.reduce((rest, { count }) => rest - count, total), total };
}
