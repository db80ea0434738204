import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import { IN_BATCH, type Batch } from './batch.js';

/** Who was seen in one bucket of the narrowest tier of sketches. */
export interface UniqueHashes {
  project_id: number;
  kind: string;
  /** RFC 3339. */
  bucket: string;
  day: string;
  /** 8 bytes each. */
  hashes: Buffer;
}

/** What is counted once, of a batch. */
export async function uniqueHashes(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
): Promise<UniqueHashes[]> {
  const values = [batch.from, batch.to];
  return rows(db, { name: `rollups.${source.name}.unique-hashes`, text: textOf(source), values });
}

function textOf({ deltas, uniqueKinds, uniqueTiers }: CountedSource): string {
  const which = (then: (unique: { kind: string; column: string }) => string) =>
    `case ${uniqueKinds.map((unique) => `when grouping(${unique.column}) = 0 then ${then(unique)}`).join(' ')} end`;
  return `
select project_id, kind, bucket, day, string_agg(int8send(sightline_hash64(id)), '') as hashes
from (
  select project_id, day, date_bin('${uniqueTiers[0]} minutes', "timestamp", '1970-01-01Z') as bucket,
         ${which(({ kind }) => `'${kind}'`)} as kind, ${which(({ column }) => column)} as id
  from ${deltas} d
  where ${IN_BATCH}
  group by project_id, day, bucket, grouping sets (${uniqueKinds.map(({ column }) => `(${column})`).join(', ')})
) as seen
where id is not null
group by project_id, kind, bucket, day
`;
}
