import { ProjectQuery } from '../../http/query/project-query.js';
import { OneOf } from '../../http/query/query-checks.js';
import { ACCESS_STATS_TYPES, otherTypes } from '../../http/query/stats-routes.js';
import { RANGES, type Range } from './window.js';

export type StatsType = (typeof ACCESS_STATS_TYPES)[number];

/** The parameters of GET /stats. */
export class AccessStatsQuery extends ProjectQuery {
  @OneOf(
    ACCESS_STATS_TYPES,
    { description: 'Without it: how many addresses there are, and what the server holds of them' },
    otherTypes('/stats'),
  )
  type?: StatsType;

  @OneOf(RANGES, { default: 'day', description: 'Up to the end of the current minute' })
  range?: Range;
}
