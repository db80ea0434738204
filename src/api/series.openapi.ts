import { INTERVALS } from '../core/event-stats.js';
import { integer, listOf, millisOrNull, oneWord, record, text, time } from './schemas.js';

/** What a point or a total of latency has. */
export const latencyValues = {
  count: integer,
  avg: millisOrNull,
  p50: millisOrNull,
  p95: millisOrNull,
  p99: millisOrNull,
  max: millisOrNull,
};

const warnings = listOf(text, 'Parameters that were ignored');

/** Data of a series of these types: a point has these values, and the totals have them too. */
export function seriesOf(
  types: readonly string[],
  values: Record<string, object>,
  { grouped = false }: { grouped?: boolean } = {},
) {
  const group = { group: { ...text, description: 'With group_by' } };
  const point = record({ time, ...(grouped && group), ...values }, { optional: ['group'] });
  return record({
    type: oneWord(types),
    from: time,
    to: time,
    interval: oneWord(INTERVALS),
    timezone: text,
    series: listOf(point),
    totals: record(values),
    warnings,
  });
}

const topValue = record(
  { value: text, count: integer, errors: integer, avg_ms: millisOrNull, max_ms: millisOrNull },
  { title: 'TopValue' },
);

/** Data of the first values of a dimension. */
export function topOf(dimensions: readonly string[], more: Record<string, object> = {}) {
  return record({
    by: oneWord(dimensions),
    ...more,
    from: time,
    to: time,
    values: listOf(topValue),
    other: integer,
    total: integer,
    warnings,
  });
}
