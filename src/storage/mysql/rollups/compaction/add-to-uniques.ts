import type { Micros } from '../../../../core/event.js';
import { SKETCH_TIERS, type Tier } from '../../../../core/time-cover.js';
import { UniqueSketch } from '../../../../core/unique-sketch.js';
import { bytes, number, tuples } from '../../literals.js';
import type { Session } from '../../sql.js';
import { hashOf } from '../queries/select-uniques.js';
import {
  byBucket,
  chunks,
  idOf,
  inBuckets,
  KEY_COLUMNS,
  keyLiterals,
  keyOf,
  type BucketKey,
  type OfMinute,
} from './buckets.js';

interface HashesOfMinute extends OfMinute {
  /** 8 bytes each. */
  hashes: Buffer;
}

interface SketchRow {
  project_id: number;
  tier: Tier;
  bucket: string;
  day: string;
  sketch: Buffer;
}

/** Adds a batch's addresses to access_uniques, as addToLatency; minute sketches before `firstMinute` are left out. */
export async function addToUniques(db: Session, firstMinute: Micros): Promise<void> {
  const found = await db.rows<HashesOfMinute>(`
    select project_id, day, minute, group_concat(${hashOf('address')} separator '') as hashes
    from (select distinct project_id, day, minute, address from access_batch where address is not null) as seen
    group by project_id, day, minute`);
  for (const chunk of chunks(byBucket(found, SKETCH_TIERS, firstMinute))) await merge(db, chunk);
}

async function merge(
  db: Session,
  buckets: readonly { key: BucketKey; parts: HashesOfMinute[] }[],
): Promise<void> {
  const stored = await db.rows<SketchRow>(`
    select ${KEY_COLUMNS}, sketch from access_uniques where ${inBuckets(buckets.map(({ key }) => key))}`);
  const byId = new Map(stored.map((row) => [idOf(keyOf(row)), row.sketch]));
  const merged = buckets.map(({ key, parts }) => {
    const before = byId.get(idOf(key));
    const sketch = before ? UniqueSketch.fromBytes(before) : new UniqueSketch();
    for (const { hashes } of parts) sketch.addHashes(hashes);
    return [...keyLiterals(key), number(sketch.estimate()), bytes(sketch.toBytes())];
  });
  await db.run(`replace into access_uniques (${KEY_COLUMNS}, estimate, sketch) values ${tuples(merged)}`);
}
