import type { Group } from '../../../../core/event-stats.js';

/*
 * Where a window is counted: its whole buckets in the rollups (as `r`) and the deltas that are not in them yet (as `d`),
 * its ragged ends in the rows (as `e`). A delta belongs to a bucket or to a ragged end: in the ends the row itself counts.
 * One statement reads them all, so that each event is seen once, however far compaction is.
 */

/** The runs of a window; parameters as windowValues gives them. */
export const RUNS = `
run as materialized (
  select * from unnest($2::timestamptz[], $3::timestamptz[], $4::smallint[]) as u(from_at, to_at, tier)
)`;

/** The point, from 1, that a time belongs to. */
export function pointOf(time: string): string {
  return `width_bucket(${time}, $5::timestamptz[])`;
}

/** For `from event_deltas d where …`. */
export const DELTAS_OF_BUCKETS = `d.project_id = $1 and d."timestamp" >= ($2::timestamptz[])[1]
    and d."timestamp" < $6::timestamptz and ($4::smallint[])[width_bucket(d."timestamp", $2::timestamptz[])] > 0`;

// `offset 0` keeps these subqueries whole: a run is looked up in the index, whatever the planner thinks of many runs.

/** For `from …`: rows of the ragged ends. A timestamp is at most 24 h after receipt. */
export const ROWS_OF_ENDS = `run cross join lateral (
    select * from events
    where run.tier = 0 and project_id = $1 and "timestamp" >= run.from_at and "timestamp" < run.to_at
      and created_at >= run.from_at - interval '24 hours'
    offset 0
  ) as e`;

/** For `from …`: the buckets of a rollup table. */
export function bucketsOf(table: 'event_rollups' | 'event_latency', dimension: string): string {
  return `run cross join lateral (
    select * from ${table}
    where project_id = $1 and dimension = '${dimension}' and tier = run.tier
      and bucket >= run.from_at and bucket < run.to_at
    offset 0
  ) as r`;
}

/** The value of a delta or row in the dimension that is asked for. */
export function valueOf(group: Group | null, alias: 'd' | 'e'): string {
  if (group === null) return `''`;
  return group === 'app_version' ? `coalesce(${alias}.app_version, '')` : `${alias}.${group}`;
}

/** Groups that are told apart; the rest is '(other)'. */
const MAX_GROUPS = 100;

/** The CTE `top`: the values that are told apart, those of the greatest `measure` in `table`. */
export function topValues(table: string, measure: string): string {
  return `
top as materialized (
  select value from ${table} where value <> '(other)' group by value order by ${measure} desc, value limit ${MAX_GROUPS}
)`;
}

/** The value under which a group is answered. */
export const TOLD_APART = `case when value in (select value from top) then value else '(other)' end`;
