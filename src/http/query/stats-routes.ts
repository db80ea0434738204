import { ACCESS_DIMENSIONS } from '../../core/ports/access-stats.js';
import { STATS_TYPES, TOP_DIMENSIONS } from '../../core/ports/event-stats.js';

/** The types of GET /stats. */
export const ACCESS_STATS_TYPES = ['errors', 'traffic', 'latency', 'logs', 'unique_ips'] as const;
/** The types of GET /api/v1/access/stats. */
export const ACCESS_SERIES_TYPES = ['requests', 'latency', 'unique_ips'] as const;

const TYPES = {
  '/api/v1/stats': STATS_TYPES,
  '/stats': ACCESS_STATS_TYPES,
  '/api/v1/access/stats': ACCESS_SERIES_TYPES,
};
const DIMENSIONS = { '/api/v1/stats/top': TOP_DIMENSIONS, '/api/v1/access/top': ACCESS_DIMENSIONS };

/**
 * Which other routes know a type or dimension that `route` does not: statistics of events and of access entries are easily
 * confused.
 */
export const otherTypes = (route: keyof typeof TYPES) => othersOf(TYPES, route);
export const otherDimensions = (route: keyof typeof DIMENSIONS) => othersOf(DIMENSIONS, route);

function othersOf(routes: Record<string, readonly string[]>, own: string): Map<string, string> {
  const others = new Map<string, string>();
  for (const [route, words] of Object.entries(routes)) {
    for (const word of words) {
      if (routes[own].includes(word)) continue;
      const known = others.get(word);
      others.set(word, known === undefined ? route : `${known} and GET ${route}`);
    }
  }
  return others;
}
