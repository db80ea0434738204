import { ProjectQuery } from '../../api/project-query.js';
import { Word } from '../../api/query-checks.js';
import { RANGES, type Range } from './window.js';

export const STATS_TYPES = ['errors', 'traffic', 'latency', 'logs', 'unique_ips'] as const;
export type StatsType = (typeof STATS_TYPES)[number];

/** The parameters of GET /stats. */
export class AccessStatsQuery extends ProjectQuery {
  @Word(STATS_TYPES, {
    description: 'Without it: how many addresses there are, and what the server holds of them',
  })
  type?: StatsType;

  @Word(RANGES, { default: 'day', description: 'Up to the end of the current minute' })
  range?: Range;
}
