import type { Micros } from '../../../core/event.js';
import { UniqueSketch } from '../../../core/unique-sketch.js';
import type { Window } from '../../../core/window-runs.js';
import type { Queryable } from '../sql.js';
import type { CountedSource } from './counted-source.js';
import { selectSketches, type SketchPart } from './queries/select-sketches.js';
import { runValues, windowValues } from './window.js';

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
  const isOnePoint = window.starts.length === 1;
  const whole = isOnePoint ? [[], [], []] : runValues(window, source.uniqueTiers, firstMinute);
  const parts = await selectSketches(db, source, values, whole, kind);
  const byPoint = Map.groupBy(parts, ({ point }) => point);
  const series = window.starts.map((_, index) => numberIn(byPoint.get(index + 1) ?? []));
  if (isOnePoint) return { total: series[0], series };
  const all = [...(byPoint.get(0) ?? []), ...parts.filter(({ hashes }) => hashes !== null)];
  return { total: numberIn(all), series };
}

function numberIn(parts: readonly SketchPart[]): number {
  const [only] = parts;
  if (only?.header) return UniqueSketch.estimateOf(only.header);
  const sketch = new UniqueSketch();
  for (const part of parts) {
    if (part.registers) sketch.mergeBytes(Buffer.from(part.registers, 'latin1'));
    if (part.sketch) sketch.mergeBytes(Buffer.from(part.sketch, 'base64'));
    if (part.hashes) sketch.addHashes(Buffer.from(part.hashes, 'base64'));
  }
  return sketch.estimate();
}
