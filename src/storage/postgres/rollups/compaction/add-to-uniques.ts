import type { Micros } from '../../../../core/event.js';
import { UniqueSketch } from '../../../../core/unique-sketch.js';
import type { Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import type { Batch } from './batch.js';
import { readSketches, writeSketches, type SketchKey } from './sketches.js';
import { uniqueHashes, type UniqueHashes } from './unique-hashes.js';

/** Sketches merged at once: at most 80 kB each. */
const CHUNK = 200;

interface Addition {
  key: SketchKey;
  hashes: Buffer[];
}

/**
 * Adds a batch to the sketches; those of minutes before `firstMinute` are left out. Only one process at a time: it reads,
 * merges and writes back.
 */
export async function addToUniques(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  firstMinute: Micros,
): Promise<void> {
  const seen = await uniqueHashes(db, source, batch);
  const additions = [...byBucket(seen, source, firstMinute / 1000).values()];
  for (let at = 0; at < additions.length; at += CHUNK) {
    await merge(db, source, additions.slice(at, at + CHUNK));
  }
}

function byBucket(
  seen: readonly UniqueHashes[],
  source: CountedSource,
  firstMinuteMs: number,
): Map<string, Addition> {
  const additions = new Map<string, Addition>();
  for (const { project_id: projectId, kind, bucket: narrowest, day, hashes } of seen) {
    const seenMs = Date.parse(narrowest);
    for (const tier of source.uniqueTiers) {
      if (tier === 1 && seenMs < firstMinuteMs) continue;
      const bucket = bucketOf(seenMs, tier);
      const id = `${projectId} ${kind} ${tier} ${bucket} ${day}`;
      const addition = additions.get(id) ?? { key: { projectId, kind, tier, bucket, day }, hashes: [] };
      addition.hashes.push(hashes);
      additions.set(id, addition);
    }
  }
  return additions;
}

function bucketOf(ms: number, tier: number): string {
  const widthMs = tier * 60_000;
  return new Date(Math.floor(ms / widthMs) * widthMs).toISOString();
}

async function merge(db: Queryable, source: CountedSource, additions: readonly Addition[]): Promise<void> {
  const keys = additions.map((addition) => addition.key);
  const stored = await readSketches(db, source, keys);
  const merged = additions.map((addition, i) => {
    const bytes = stored[i];
    const sketch = bytes ? UniqueSketch.fromBytes(bytes) : new UniqueSketch();
    for (const hashes of addition.hashes) sketch.addHashes(hashes);
    return sketch.toBytes();
  });
  await writeSketches(db, source, keys, merged);
}
