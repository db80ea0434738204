import type { Group } from '../../../../core/event-stats.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { rows, type Queryable } from '../../sql.js';
import type { Window } from '../../../../core/window-runs.js';
import { EVENTS } from '../counted-events.js';
import { columnOf, valueOf } from '../counted-source.js';
import { TOLD_APART, topValues } from './window-parts.js';

export interface Distinct {
  /** null for the whole window, all groups together. */
  point: number | null;
  value: string | null;
  n: number;
}

/** Users or sessions of a window, counted in its rows: exact, and as slow as there are rows. */
export async function selectDistinct(
  db: Queryable,
  projectId: number,
  window: Window,
  kind: 'user' | 'session',
  group: Group | null,
): Promise<Distinct[]> {
  const id = columnOf(EVENTS, kind);
  const text = `
with seen as materialized (
  select width_bucket(e."timestamp", $2::timestamptz[]) as point, ${valueOf(EVENTS, group)} as value, ${id} as id
  from events e
  where e.project_id = $1 and e."timestamp" >= $3::timestamptz and e."timestamp" < $4::timestamptz
    and e.created_at >= $3::timestamptz - interval '24 hours' and ${id} is not null
  group by 1, 2, 3
), ${topValues('seen', 'count(distinct id)')}, named as (
  select distinct point, ${group === null ? 'value' : TOLD_APART} as value, id from seen
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
  return rows(db, { name: `stats.distinct-${kind}-${group ?? 'all'}`, text, values });
}
