import { TIERS, type Tier } from '../../../core/time-cover.js';
import type { CountedSource, Dimension } from './counted-source.js';

/** How events are counted. */
export const EVENTS: CountedSource = {
  name: 'event',
  records: 'events',
  deltas: 'event_deltas',
  totals: 'event_totals',
  rollups: 'event_rollups',
  latency: 'event_latency',
  uniques: 'event_uniques',
  hours: null,
  everyRecordHasRow: true,
  error: `event_type = 'error'`,
  duration: 'duration_ms',
  dimensions: [
    everyTier('event_type', 'event_type', false),
    everyTier('event_name', 'event_name', true),
    everyTier('priority', 'priority', false),
    everyTier('app_version', `coalesce(app_version, '')`, true),
    {
      name: 'provider_name',
      value: `coalesce(provider_name, '')`,
      capped: true,
      tiers: TIERS,
      latencyTiers: [],
    },
  ],
  uniqueKinds: [
    { kind: 'user', column: 'user_id' },
    { kind: 'session', column: 'session_id' },
  ],
  uniqueTiers: [15, 60, 1440],
};

function everyTier(name: string, value: string, capped: boolean): Dimension {
  const tiers: readonly Tier[] = TIERS;
  return { name, value, capped, tiers, latencyTiers: tiers };
}
