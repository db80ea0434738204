import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';

/** The primary key of a table of sketches. */
export interface SketchKey {
  projectId: number;
  kind: string;
  tier: number;
  /** RFC 3339. */
  bucket: string;
  day: string;
}

/** The stored sketches of these keys, in their order; null where there is none yet. */
export async function readSketches(
  db: Queryable,
  { name, uniques }: CountedSource,
  keys: readonly SketchKey[],
): Promise<(Buffer | null)[]> {
  const found = await rows<{ sketch: Buffer | null }>(db, {
    name: `rollups.${name}.read-sketches`,
    text: `
select u.sketch
from ${KEYS}) with ordinality as k(project_id, kind, tier, bucket, day, place)
left join ${uniques} u using (project_id, kind, tier, bucket, day)
order by k.place`,
    values: columns(keys),
  });
  return found.map((row) => row.sketch);
}

/** Stores a sketch under each key, in place of what was there. */
export async function writeSketches(
  db: Queryable,
  { name, uniques }: CountedSource,
  keys: readonly SketchKey[],
  sketches: readonly Buffer[],
): Promise<void> {
  await rows(db, {
    name: `rollups.${name}.write-sketches`,
    text: `
insert into ${uniques} (project_id, kind, tier, bucket, day, sketch)
select * from ${KEYS}, $6::bytea[])
on conflict (project_id, kind, tier, bucket, day) do update set sketch = excluded.sketch`,
    values: [...columns(keys), sketches],
  });
}

function columns(keys: readonly SketchKey[]): unknown[] {
  return [
    keys.map((key) => key.projectId),
    keys.map((key) => key.kind),
    keys.map((key) => key.tier),
    keys.map((key) => key.bucket),
    keys.map((key) => key.day),
  ];
}

const KEYS = `unnest($1::int[], $2::text[], $3::smallint[], $4::timestamptz[], $5::date[]`;
