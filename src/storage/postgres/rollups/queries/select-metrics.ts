import { rows, type Queryable } from '../../sql.js';
import { EVENTS } from '../counted-events.js';
import { countedOf } from './counted.js';
import { RUNS } from './window-parts.js';

export interface MetricsRow {
  /** Of all rows, most frequent first. */
  types: { event_type: string; count: number }[];
  logs_last_hour: number;
  logs_last_day: number;
  errors: number;
  duration_n: number;
  duration_sum: number;
  active_users: number;
  active_sessions: number;
}

/**
 * The numbers of GET /api/v1/metrics, in one snapshot. The window (see windowValues) is the last day in two points,
 * before its last hour (1) and in it (2); then from when sessions and from when users are active.
 */
export async function selectMetrics(
  db: Queryable,
  window: unknown[],
  sessionsFrom: string,
  usersFrom: string,
): Promise<MetricsRow> {
  const values = [...window, sessionsFrom, usersFrom];
  const [row] = await rows<MetricsRow>(db, { name: 'stats.metrics', text: SELECT_METRICS, values });
  return row;
}

const SELECT_METRICS = `
with ${RUNS}, ${countedOf(EVENTS, null)}, types as (
  select event_type, sum(n)::bigint as n
  from (
    select value as event_type, n from event_totals where project_id = $1 and dimension = 'event_type'
    union all
    select event_type, count(*) from event_deltas where project_id = $1 group by event_type
  ) as parts
  group by event_type
)
select coalesce((select jsonb_agg(jsonb_build_object('event_type', event_type, 'count', n) order by n desc, event_type)
                 from types), '[]') as types,
       coalesce(sum(n) filter (where point = 2), 0)::bigint as logs_last_hour,
       coalesce(sum(n), 0)::bigint as logs_last_day,
       coalesce(sum(errors), 0)::bigint as errors,
       coalesce(sum(duration_n), 0)::bigint as duration_n,
       coalesce(sum(duration_sum), 0) as duration_sum,
       (select count(*) from (${active('user_id', '$8')}) as users) as active_users,
       (select count(*) from (${active('session_id', '$7')}) as sessions) as active_sessions
from counted
`;

function active(column: string, from: string): string {
  return `select distinct e.${column} from events e
    where e.project_id = $1 and e."timestamp" >= ${from}::timestamptz and e."timestamp" < $6::timestamptz
      and e.created_at >= ${from}::timestamptz - interval '24 hours' and e.${column} is not null`;
}
