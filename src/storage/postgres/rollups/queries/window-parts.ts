import type { CountedSource } from '../counted-source.js';

/*
 * Where a window is counted: its whole buckets in the rollups (as `r`) and the deltas that are not in them yet,
 * its ragged ends in the rows. A delta belongs to a bucket or to a ragged end: in the ends the row itself counts.
 * One statement reads them all, so that each record is seen once, however far compaction is.
 */

/** The runs of a window; parameters $1 to $6 as windowValues gives them. */
export const RUNS = `
run as materialized (
  select * from unnest($2::timestamptz[], $3::timestamptz[], $4::smallint[]) as u(from_at, to_at, tier)
)`;

/** The point, from 1, that a time belongs to. */
export function pointOf(time: string): string {
  return `width_bucket(${time}, $5::timestamptz[])`;
}

// `offset 0` keeps these subqueries whole: a run is looked up in the index, whatever the planner thinks of many runs.

/** For `from …`: the buckets of a table of rollups that `which` of them are asked for. */
export function bucketsOf(table: string, which: string, runs = 'run'): string {
  return `${runs} cross join lateral (
    select * from ${table}
    where project_id = $1 and ${which} and tier = ${runs}.tier and bucket >= ${runs}.from_at and bucket < ${runs}.to_at
    offset 0
  ) as r`;
}

/** What is in no bucket, by point and then by `groupBy`: deltas, and rows of the ragged ends where each record has a row. */
export function looseRecords(
  source: CountedSource,
  columns: string,
  groupBy: string,
  condition = 'true',
): string {
  const selected = `select ${pointOf('"timestamp"')} as point, ${columns}`;
  const deltas = `${selected}
  from ${source.deltas}
  where ${DELTAS_OF_BUCKETS} and ${condition}
  group by ${groupBy}`;
  if (!source.everyRecordHasRow) return deltas;
  return `${deltas}
  union all
  ${selected}
  from ${rowsOfEnds(source)}
  where ${condition}
  group by ${groupBy}`;
}

const DELTAS_OF_BUCKETS = `project_id = $1 and "timestamp" >= ($2::timestamptz[])[1] and "timestamp" < $6::timestamptz
    and ($4::smallint[])[width_bucket("timestamp", $2::timestamptz[])] > 0`;

// A timestamp is at most 24 h after receipt.
function rowsOfEnds({ records }: CountedSource): string {
  return `run cross join lateral (
    select * from ${records}
    where run.tier = 0 and project_id = $1 and "timestamp" >= run.from_at and "timestamp" < run.to_at
      and created_at >= run.from_at - interval '24 hours'
    offset 0
  ) as e`;
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
