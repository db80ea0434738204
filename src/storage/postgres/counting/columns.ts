import type { CountedKind } from '../../../core/counting/kind.js';
import { MAX_AHEAD } from '../../../core/records/timestamps.js';
import { HOUR } from '../../../core/time.js';

/** SQL for the values by which a row of `events` is counted. Entries have none, as most of them may have no row. */
export interface RowColumns {
  table: string;
  /** By dimension; '' for a row without a value. */
  values: Record<string, string>;
  error: string;
  duration: string;
  /** By what is counted once. */
  ids: Record<string, string>;
}

export const EVENT_ROWS: RowColumns = {
  table: 'events',
  values: {
    all: `''`,
    event_type: 'event_type',
    event_name: 'event_name',
    priority: 'priority',
    app_version: `coalesce(app_version, '')`,
    provider_name: `coalesce(provider_name, '')`,
  },
  error: `event_type = 'error'`,
  duration: 'duration_ms',
  ids: { user: 'user_id', session: 'session_id' },
};

/** SQL of which rows of project $1 have a timestamp from one time to another. Partitions that are too old for it are not looked at. */
export function isStampedIn(from: string, to: string): string {
  return `project_id = $1 and "timestamp" >= ${from} and "timestamp" < ${to} and created_at >= ${from} - interval '${MAX_AHEAD / HOUR} hours'`;
}

/** SQL of a time as microseconds since the epoch. */
export function microsOf(time: string): string {
  return `(extract(epoch from ${time}) * 1000000)::bigint`;
}

/** The column of a dimension's counts. */
export function countsColumn(dimension: string): string {
  return `"${dimension}"`;
}

/** The column of a dimension's histograms; none where its durations are not asked for. */
export function histogramsColumn(kind: CountedKind, dimension: string): string | null {
  const { latencyTiers } = kind.dimensions.find(({ name }) => name === dimension)!;
  return latencyTiers.length > 0 ? `${dimension}_latency` : null;
}
