import { UniqueSketch } from '../../../../core/unique-sketch.js';
import type { Queryable } from '../../sql.js';
import type { Batch } from './batch.js';
import { readSketches, writeSketches, type SketchKey } from './sketches.js';
import { uniqueHashes, type UniqueHashes } from './unique-hashes.js';

const TIERS = [15, 60, 1440];
/** Sketches merged at once: at most 80 kB each. */
const CHUNK = 200;

interface Addition {
  key: SketchKey;
  hashes: Buffer[];
}

/** Adds a batch's users and sessions to event_uniques. Only one process at a time: it reads, merges and writes back. */
export async function addToUniques(db: Queryable, batch: Batch): Promise<void> {
  const additions = [...byBucket(await uniqueHashes(db, batch)).values()];
  for (let at = 0; at < additions.length; at += CHUNK) await merge(db, additions.slice(at, at + CHUNK));
}

function byBucket(seen: readonly UniqueHashes[]): Map<string, Addition> {
  const additions = new Map<string, Addition>();
  for (const { project_id: projectId, kind, quarter, day, hashes } of seen) {
    for (const tier of TIERS) {
      const bucket = bucketOf(quarter, tier);
      const id = `${projectId} ${kind} ${tier} ${bucket} ${day}`;
      const addition = additions.get(id) ?? { key: { projectId, kind, tier, bucket, day }, hashes: [] };
      addition.hashes.push(hashes);
      additions.set(id, addition);
    }
  }
  return additions;
}

function bucketOf(quarter: string, tier: number): string {
  const widthMs = tier * 60_000;
  return new Date(Math.floor(Date.parse(quarter) / widthMs) * widthMs).toISOString();
}

async function merge(db: Queryable, additions: readonly Addition[]): Promise<void> {
  const keys = additions.map((addition) => addition.key);
  const stored = await readSketches(db, keys);
  const merged = additions.map((addition, i) => {
    const bytes = stored[i];
    const sketch = bytes ? UniqueSketch.fromBytes(bytes) : new UniqueSketch();
    for (const hashes of addition.hashes) sketch.addHashes(hashes);
    return sketch.toBytes();
  });
  await writeSketches(db, keys, merged);
}
