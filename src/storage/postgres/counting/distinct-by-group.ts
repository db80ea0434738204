import type { Group, SeriesPoint, StatsAnswer } from '../../../core/event-stats.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { Window } from '../../../core/window-runs.js';
import { MAX_GROUPS, type DistinctByGroup } from '../../counting/counted-event-stats.js';
import { rows, type Queryable } from '../sql.js';
import { EVENT_ROWS } from './columns.js';

interface Distinct {
  /** From 1; null for the whole window, all groups together. */
  point: number | null;
  value: string | null;
  n: number;
}

export class PostgresDistinctByGroup implements DistinctByGroup {
  constructor(private readonly database: { query: Queryable }) {}

  async count(
    projectId: number,
    window: Window,
    kind: 'user' | 'session',
    group: Group,
  ): Promise<StatsAnswer> {
    const counted = await this.select(projectId, window, kind, group);
    const times = window.starts.map(formatRfc3339);
    const series = counted.flatMap(({ point, value, n }): SeriesPoint[] =>
      point === null ? [] : [{ time: times[point - 1], group: value ?? '', count: n }],
    );
    return { series, totals: { count: counted.find(({ point }) => point === null)?.n ?? 0 } };
  }

  private select(
    projectId: number,
    window: Window,
    kind: 'user' | 'session',
    group: Group,
  ): Promise<Distinct[]> {
    const id = EVENT_ROWS.ids[kind];
    const text = `
with seen as materialized (
  select width_bucket(e."timestamp", $2::timestamptz[]) as point, ${EVENT_ROWS.values[group]} as value, ${id} as id
  from events e
  where e.project_id = $1 and e."timestamp" >= $3::timestamptz and e."timestamp" < $4::timestamptz
    and e.created_at >= $3::timestamptz - interval '24 hours' and ${id} is not null
  group by 1, 2, 3
), top as materialized (
  select value from seen where value <> '(other)' group by value order by count(distinct id) desc, value limit ${MAX_GROUPS}
), named as (
  select distinct point, case when value in (select value from top) then value else '(other)' end as value, id from seen
)
select point, value, count(*) as n from named group by point, value
union all
select null, null, count(distinct id) from named
order by 1, 2`;
    const values = [
      projectId,
      window.starts.map((start) => formatRfc3339(start)),
      formatRfc3339(window.from),
      formatRfc3339(window.to),
    ];
    return rows(this.database.query, { name: `stats.distinct-${kind}-${group}`, text, values });
  }
}
