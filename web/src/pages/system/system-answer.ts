import type { ServiceStates, System } from '../../kit/api/schema.js';

export type { Health as HealthAnswer, TableSizes as StoredTable } from '../../kit/api/schema.js';
export type SystemAnswer = System;
export type ServiceState = ServiceStates[keyof ServiceStates];

export const COUNTERS = [
  'stored',
  'duplicate',
  'rejected',
  'entries',
  'entriesRejected',
  'requests',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** The counters whose rates the page shows. */
export function countersOf({ ingest, requests }: SystemAnswer): Record<Counter, number> {
  return {
    stored: ingest.events.stored,
    duplicate: ingest.events.duplicate,
    rejected: ingest.events.rejected,
    entries: ingest.access_entries.stored,
    entriesRejected: ingest.access_entries.rejected,
    requests: requests.count,
  };
}

/** Of all questions to the cache, in percent; null before the first. */
export function hitPercent({ hits, misses }: SystemAnswer['cache']): number | null {
  return hits + misses === 0 ? null : (hits / (hits + misses)) * 100;
}
