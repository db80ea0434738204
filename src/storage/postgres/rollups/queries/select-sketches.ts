import { HASHES_PREFIX, REGISTERS_PREFIX, SKETCH_HEADER_BYTES } from '../../../../core/unique-sketch.js';
import { rows, type Queryable } from '../../sql.js';
import { columnOf, type CountedSource } from '../counted-source.js';
import { bucketsOf, looseRecords, pointOf, RUNS } from './window-parts.js';

/** Who was seen at a point of a series, as one of these. */
export interface SketchPart {
  /** 0 for the stored sketches of the whole window. */
  point: number;
  /** Of a point that has nothing else, the header of its sketch: the number is in it. */
  header: string | null;
  /** A sketch of registers, as the text that it is: bytes take twice as long here, and ten times to decode. */
  registers: string | null;
  /** Any other sketch, base64. */
  sketch: string | null;
  /** Of deltas and rows, 8 bytes each, base64. */
  hashes: string | null;
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
), part as (
  select ${pointOf('r.bucket')} as point, r.sketch, null::bytea as hashes
  from ${bucketsOf(source.uniques, `kind = '${kind}'`)}
  union all
  select point, null, string_agg(int8send(sightline_hash64(id)), '')
  from seen
  group by point
  union all
  select 0, r.sketch, null
  from ${bucketsOf(source.uniques, `kind = '${kind}'`, 'whole')}
), headed as materialized (
  select *, substring(sketch for ${SKETCH_HEADER_BYTES}) as header, count(*) over (partition by point) = 1 as alone from part
), formed as (
  select *, case when substring(header for 2) = '${REGISTERS_PREFIX}' then 'registers'
                 when substring(header for 2) = '${HASHES_PREFIX}' then 'hashes' end as form
  from headed
)
select point,
       case when told then convert_from(header, 'UTF8') end as header,
       case when not told and form = 'registers' then convert_from(sketch, 'UTF8') end as registers,
       case when not told and form is distinct from 'registers' then encode(sketch, 'base64') end as sketch,
       encode(hashes, 'base64') as hashes
from (select *, alone and point > 0 and form is not null as told from formed) as parts`;
}
