import { ProjectQuery } from '../../http/query/project-query.js';
import { Word } from '../../http/query/query-checks.js';
import { ACCESS_STATS_TYPES, otherTypes } from '../../http/query/stats-routes.js';
import { RANGES, type Range } from './window.js';

export type StatsType = (typeof ACCESS_STATS_TYPES)[number];

/** The parameters of GET /stats. */
export class AccessStatsQuery extends ProjectQuery {
  @Word(
    ACCESS_STATS_TYPES,
    { description: 'Without it: how many addresses there are, and what the server holds of them' },
    otherTypes('/stats'),
  )
  type?: StatsType;

  @Word(RANGES, { default: 'day', description: 'Up to the end of the current minute' })
  range?: Range;
}
