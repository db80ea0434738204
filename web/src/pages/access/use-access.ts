import type { Latency, Requests, UniqueIps } from '../../kit/api/answers.js';
import { useCompared, type ComparedStats } from '../../kit/api/use-compared.js';

export interface AccessData {
  requests: ComparedStats<Requests>;
  latency: ComparedStats<Latency>;
  uniqueIps: ComparedStats<UniqueIps>;
}

const STATS = '/api/v1/access/stats';

/** What the tiles and the charts of the page ask the server. */
export function useAccess(): AccessData {
  return {
    requests: useCompared<Requests>(STATS, 'requests'),
    latency: useCompared<Latency>(STATS, 'latency'),
    uniqueIps: useCompared<UniqueIps>(STATS, 'unique_ips'),
  };
}
