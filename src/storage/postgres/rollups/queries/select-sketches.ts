import { rows, type Queryable } from '../../sql.js';
import { DELTAS_OF_BUCKETS, PIECES, POINT_OF_DELTA, ROWS_OF_ENDS } from './sources.js';

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
with ${PIECES}, seen as (
  select ${POINT_OF_DELTA} as point, d.${column} as id
  from event_deltas d
  where ${DELTAS_OF_BUCKETS} and d.${column} is not null
  group by 1, 2
  union all
  select p.point, e.${column}
  from ${ROWS_OF_ENDS}
  where e.${column} is not null
  group by 1, 2
)
select p.point, r.sketch, null::bytea as hashes
from piece p join event_uniques r on r.project_id = $1 and r.kind = '${kind}' and r.tier = p.tier
  and r.bucket >= p.from_at and r.bucket < p.to_at
union all
select point, null, string_agg(int8send(sightline_hash64(id)), '')
from seen
group by point`;
  return rows(db, { name: `stats.sketches-${kind}`, text, values: window });
}
