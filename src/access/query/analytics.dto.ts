import { ProjectQuery } from '../../http/query/project-query.js';
import { Time } from '../../http/query/query-checks.js';
import { TIME_CODES } from './logs.dto.js';

/** The parameters of GET /analytics. */
export class AnalyticsQuery extends ProjectQuery {
  static readonly codes = TIME_CODES;

  @Time('A whole hour (UTC); default: the current one')
  hour?: string;

  @Time('A whole hour: the start of a range to sum up, instead of one hour')
  from?: string;

  @Time('A whole hour, exclusive; default: the end of the current one')
  to?: string;
}
