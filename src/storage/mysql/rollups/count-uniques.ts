import type { Micros } from '../../../core/event.js';
import { SKETCH_TIERS } from '../../../core/time-cover.js';
import { UniqueSketch } from '../../../core/unique-sketch.js';
import type { Window } from '../../../core/window-runs.js';
import type { Session, Sessions } from '../sql.js';
import { selectEstimates, selectLooseHashes, selectSketches } from './queries/select-uniques.js';
import { windowSql } from './window-sql.js';

export interface UniqueCounts {
  total: number;
  /** One for each of the window's starts. */
  series: number[];
}

/** How many addresses were seen in a window and at each of its points: within 2 %, exact below 10,000. */
export function countUniques(
  db: Sessions,
  projectId: number,
  window: Window,
  firstMinute: Micros,
): Promise<UniqueCounts> {
  const { buckets, deltas } = windowSql(projectId, window, SKETCH_TIERS, firstMinute);
  // The widest buckets of the whole window are few, where those of its points may be many and large.
  const one = { ...window, starts: [window.from] };
  const whole = windowSql(projectId, one, SKETCH_TIERS, firstMinute);
  return db.snapshot(async (snapshot) => {
    const loose = await selectLooseHashes(snapshot, deltas, window.starts);
    const total = new UniqueSketch();
    for (const { sketch } of await selectSketches(snapshot, whole.buckets, one.starts)) {
      total.mergeBytes(sketch);
    }
    for (const { hash } of loose) total.addHashes(hash);
    const byPoint = Map.groupBy(loose, ({ point }) => point);
    const counts = await countPoints(snapshot, buckets, window.starts, byPoint);
    return { total: total.estimate(), series: window.starts.map((_, index) => counts.get(index + 1) ?? 0) };
  });
}

/** A point that is one bucket has its number there; what is of several parts is merged. */
async function countPoints(
  db: Session,
  buckets: string,
  starts: readonly Micros[],
  loose: ReadonlyMap<number, { hash: Buffer }[]>,
): Promise<Map<number, number>> {
  const estimates = Map.groupBy(await selectEstimates(db, buckets, starts), ({ point }) => point);
  const counts = new Map<number, number>();
  for (const [point, [only]] of estimates) counts.set(point, only.estimate);
  const merged = [...estimates].flatMap(([point, parts]) =>
    parts.length > 1 || loose.has(point) ? [point] : [],
  );
  const found = merged.length > 0 ? await selectSketches(db, buckets, starts, merged) : [];
  const sketches = Map.groupBy(found, ({ point }) => point);
  for (const point of new Set([...merged, ...loose.keys()])) {
    const sketch = new UniqueSketch();
    for (const part of sketches.get(point) ?? []) sketch.mergeBytes(part.sketch);
    for (const { hash } of loose.get(point) ?? []) sketch.addHashes(hash);
    counts.set(point, sketch.estimate());
  }
  return counts;
}
