import { SKETCH_HEADER_BYTES, SKETCH_VERSION } from '../../../../core/unique-sketch.js';
import { rows, type Queryable } from '../../sql.js';
import { columnOf, type CountedSource } from '../counted-source.js';
import { bucketsOf, looseRecords, pointOf, RUNS } from './window-parts.js';

/** Who was seen at a point of a series: a stored sketch, or hashes of 8 bytes each. */
export interface SketchPart {
  /** 0 for the stored sketches of the whole window. */
  point: number;
  /** Of a point that is nothing else, the header alone: the number is in it, and a sketch has up to 80 kB. */
  sketch: Buffer | null;
  hashes: Buffer | null;
}

/**
 * Who was seen in a window, to be merged by the caller: by point (see windowValues, with tiers of sketches), and, by runs of
 * its own (from, to, tier), in all of it.
 */
export async function selectSketches(
  db: Queryable,
  source: CountedSource,
  window: unknown[],
  wholeRuns: unknown[],
  kind: string,
): Promise<SketchPart[]> {
  const values = [...window, ...wholeRuns];
  return rows(db, { name: `stats.${source.name}.sketches-${kind}`, text: textOf(source, kind), values });
}

function textOf(source: CountedSource, kind: string): string {
  const id = columnOf(source, kind);
  return `
with ${RUNS}, whole as materialized (
  select * from unnest($7::timestamptz[], $8::timestamptz[], $9::smallint[]) as u(from_at, to_at, tier)
), seen as (
  ${looseRecords(source, `${id} as id`, '1, 2', `${id} is not null`)}
), parts as (
  select ${pointOf('r.bucket')} as point, r.sketch, null::bytea as hashes
  from ${bucketsOf(source.uniques, `kind = '${kind}'`)}
  union all
  select point, null, string_agg(int8send(sightline_hash64(id)), '')
  from seen
  group by point
)
select point, case when count(*) over (partition by point) = 1 and substring(sketch for 1) = '\\x0${SKETCH_VERSION}'
                   then substring(sketch for ${SKETCH_HEADER_BYTES}) else sketch end as sketch, hashes
from parts
union all
select 0, r.sketch, null
from ${bucketsOf(source.uniques, `kind = '${kind}'`, 'whole')}`;
}
