import type { Latency, Requests, UniqueIps } from '../../kit/api/answers.js';
import { useCompared, type Compared } from '../../kit/api/use-compared.js';

export interface AccessData {
  requests: Compared<Requests>;
  latency: Compared<Latency>;
  uniqueIps: Compared<UniqueIps>;
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
