import { rows, type Queryable } from '../../sql.js';
import { DELTAS_OF_BUCKETS, pointOf, ROWS_OF_ENDS, RUNS } from './sources.js';

export type UniqueKind = 'user' | 'session';

/** Who was seen at a point of a series: a stored sketch, or hashes of 8 bytes each. */
export interface SketchPart {
  point: number;
  sketch: Buffer | null;
  hashes: Buffer | null;
}

/** The users or sessions of a window (see windowValues; tiers 15, 60 and 1440) by point, to be merged by the caller. */
export async function selectSketches(
  db: Queryable,
  window: unknown[],
  kind: UniqueKind,
): Promise<SketchPart[]> {
  const column = `${kind}_id`;
  const text = `
with ${RUNS}, seen as (
  select ${pointOf('d."timestamp"')} as point, d.${column} as id
  from event_deltas d
  where ${DELTAS_OF_BUCKETS} and d.${column} is not null
  group by 1, 2
  union all
  select ${pointOf('e."timestamp"')}, e.${column}
  from ${ROWS_OF_ENDS}
  where e.${column} is not null
  group by 1, 2
)
select ${pointOf('r.bucket')} as point, r.sketch, null::bytea as hashes
from run cross join lateral (
  select * from event_uniques
  where project_id = $1 and kind = '${kind}' and tier = run.tier and bucket >= run.from_at and bucket < run.to_at
  offset 0
) as r
union all
select point, null, string_agg(int8send(sightline_hash64(id)), '')
from seen
group by point`;
  return rows(db, { name: `stats.sketches-${kind}`, text, values: window });
}
