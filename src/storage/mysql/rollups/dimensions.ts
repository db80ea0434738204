import { MAX_COUNTED_BYTES, type AccessDimension } from '../../../core/access-stats.js';
import { TIERS, type Tier } from '../../../core/time-cover.js';

export interface Dimension {
  name: AccessDimension;
  /** Its value, as SQL over the columns of a delta: binary; '' for an entry without one, never null. */
  value: string;
  /** Clients choose the values: a project has ROLLUP_MAX_NAMES of them a day, the rest is '(other)'. */
  capped: boolean;
  tiers: readonly Tier[];
}

const HOURS: readonly Tier[] = [60, 1440];

/** The ways in which entries are told apart; besides, dimension 'all' has one value, '', in every tier. */
export const DIMENSIONS: Record<AccessDimension, Dimension> = {
  status: { name: 'status', value: plain('cast(status as char)'), capped: false, tiers: TIERS },
  method: { name: 'method', value: plain('method'), capped: false, tiers: TIERS },
  path: { name: 'path', value: countable('path'), capped: true, tiers: HOURS },
  user_agent: { name: 'user_agent', value: countable('user_agent'), capped: true, tiers: HOURS },
  ip: { name: 'ip', value: plain('ip'), capped: true, tiers: HOURS },
};

export const CAPPED = Object.values(DIMENSIONS).filter(({ capped }) => capped);
export const UNCAPPED = Object.values(DIMENSIONS).filter(({ capped }) => !capped);

/** A condition on a delta: the entry failed. */
export const FAILED = 'coalesce(status >= 400, false)';

/** Bin of a duration, as src/core/latency-histogram.ts has them. */
export const BIN = `if(latency_ms < 0.001, -32768, least(ceil(ln(least(latency_ms, 1e300)) / ln(1.02)), 32767))`;

function plain(column: string): string {
  return `cast(coalesce(${column}, '') as binary)`;
}

function countable(column: string): string {
  return `cast(if(octet_length(${column}) > ${MAX_COUNTED_BYTES}, '(other)', coalesce(${column}, '')) as binary)`;
}
