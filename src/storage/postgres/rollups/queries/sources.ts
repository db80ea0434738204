import type { Group } from '../../../../core/event-stats.js';

/*
 * Where a window is counted: its whole buckets in the rollups (as `r`) and the deltas that are not in them yet (as `d`),
 * its ragged ends in the rows (as `e`). A delta belongs to a bucket or to a ragged end: in the ends the row itself counts.
 * One statement reads them all, so that each event is seen once, however far compaction is.
 */

/** Parameters as windowValues gives them. */
export const PIECES = `
piece as materialized (
  select * from unnest($2::timestamptz[], $3::timestamptz[], $4::smallint[], $5::int[]) as p(from_at, to_at, tier, point)
)`;

const PIECE_OF_DELTA = `width_bucket(d."timestamp", $2::timestamptz[])`;

export const POINT_OF_DELTA = `($5::int[])[${PIECE_OF_DELTA}]`;

/** For `from event_deltas d where …`. */
export const DELTAS_OF_BUCKETS = `d.project_id = $1 and d."timestamp" >= ($2::timestamptz[])[1]
    and d."timestamp" < $6::timestamptz and ($4::smallint[])[${PIECE_OF_DELTA}] > 0`;

/** For `from …`: rows of the ragged ends, each with its piece `p`. A timestamp is at most 24 h after receipt. */
export const ROWS_OF_ENDS = `piece p join events e on p.tier = 0 and e.project_id = $1
    and e."timestamp" >= p.from_at and e."timestamp" < p.to_at and e.created_at >= p.from_at - interval '24 hours'`;

/** For `from …`: a rollup table's buckets, each with its piece `p`. */
export function bucketsOf(table: 'event_rollups' | 'event_latency', dimension: string): string {
  return `piece p join ${table} r on r.project_id = $1 and r.dimension = '${dimension}' and r.tier = p.tier
    and r.bucket >= p.from_at and r.bucket < p.to_at`;
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
