import { MAX_COUNTED_BYTES } from '../../../core/access-stats.js';
import { SKETCH_TIERS, TIERS, type Tier } from '../../../core/time-cover.js';
import type { CountedSource } from './counted-source.js';

const HOURS: readonly Tier[] = [60, 1440];

/** How access entries are counted. Counts for them all, rows perhaps for failures only (ACCESS_LOG_KEEP). */
export const ACCESS: CountedSource = {
  name: 'access',
  records: 'access_logs',
  deltas: 'access_deltas',
  totals: 'access_totals',
  rollups: 'access_rollups',
  latency: 'access_latency',
  uniques: 'access_uniques',
  hours: 'access_hours',
  everyRecordHasRow: false,
  error: 'status >= 400',
  duration: 'latency_ms',
  dimensions: [
    { name: 'status', value: `coalesce(status::text, '')`, capped: false, tiers: TIERS, latencyTiers: [] },
    { name: 'method', value: `coalesce(method, '')`, capped: false, tiers: TIERS, latencyTiers: [] },
    // with histograms: which paths are slow
    { name: 'path', value: countable('path'), capped: true, tiers: HOURS, latencyTiers: HOURS },
    { name: 'user_agent', value: countable('user_agent'), capped: true, tiers: HOURS, latencyTiers: [] },
    { name: 'ip', value: `coalesce(ip, '')`, capped: true, tiers: HOURS, latencyTiers: [] },
  ],
  uniqueKinds: [{ kind: 'ip', column: 'ip' }],
  uniqueTiers: SKETCH_TIERS,
};

function countable(column: string): string {
  return `case when octet_length(${column}) > ${MAX_COUNTED_BYTES} then '(other)' else coalesce(${column}, '') end`;
}
