import type { Micros } from '../../../core/event.js';
import { SKETCH_HEADER_BYTES, UniqueSketch } from '../../../core/unique-sketch.js';
import type { Queryable } from '../sql.js';
import type { CountedSource } from './counted-source.js';
import { selectSketches, type SketchPart } from './queries/select-sketches.js';
import { runValues, windowValues, type Window } from './window.js';

export interface UniqueCounts {
  total: number;
  /** One for each of the window's starts. */
  series: number[];
}

/** How many were seen in a window and at each of its points: within 2 %, exact below 10,000. */
export async function countUniques(
  db: Queryable,
  source: CountedSource,
  kind: string,
  { projectId, window, firstMinute }: { projectId: number; window: Window; firstMinute: Micros },
): Promise<UniqueCounts> {
  const values = windowValues(source, projectId, window, source.uniqueTiers, firstMinute);
  // The widest buckets of the whole window are few, where those of its points may be many and large.
  const whole = runValues({ ...window, starts: [window.from] }, source.uniqueTiers, firstMinute);
  const parts = await selectSketches(db, source, values, whole, kind);
  const byPoint = Map.groupBy(parts, ({ point }) => point);
  return {
    total: numberIn([...(byPoint.get(0) ?? []), ...parts.filter(({ hashes }) => hashes !== null)]),
    series: window.starts.map((_, index) => numberIn(byPoint.get(index + 1) ?? [])),
  };
}

function numberIn(parts: readonly SketchPart[]): number {
  const [only] = parts;
  if (parts.length === 1 && only.sketch?.length === SKETCH_HEADER_BYTES) {
    return UniqueSketch.estimateOf(only.sketch);
  }
  const sketch = new UniqueSketch();
  for (const part of parts) {
    if (part.sketch) sketch.mergeBytes(part.sketch);
    if (part.hashes) sketch.addHashes(part.hashes);
  }
  return sketch.estimate();
}
