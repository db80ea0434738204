import type { Counts, Errors, Grouped, Latency, Stats, UniqueIps } from '../../kit/api/answers.js';
import { useCompared, type ComparedStats } from '../../kit/api/use-compared.js';
import { useQuery, type Query } from '../../kit/api/use-query.js';
import { timezone, useWindow } from '../../kit/use-window.js';

export interface OverviewData {
  errors: ComparedStats<Errors>;
  users: ComparedStats<Counts>;
  sessions: ComparedStats<Counts>;
  latency: ComparedStats<Latency>;
  uniqueIps: ComparedStats<UniqueIps>;
  byType: Query<Stats<Grouped>>;
}

const STATS = '/api/v1/stats';

/** Everything that the overview's tiles and charts ask the server. */
export function useOverview(): OverviewData {
  const { params, interval } = useWindow();
  return {
    errors: useCompared<Errors>(STATS, 'errors'),
    byType: useQuery(STATS, { type: 'logs', group_by: 'event_type', timezone, interval, ...params }),
    users: useCompared<Counts>(STATS, 'users'),
    sessions: useCompared<Counts>(STATS, 'sessions'),
    latency: useCompared<Latency>(STATS, 'latency'),
    uniqueIps: useCompared<UniqueIps>('/api/v1/access/stats', 'unique_ips'),
  };
}
