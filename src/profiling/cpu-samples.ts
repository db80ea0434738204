import type { Profiler } from 'node:inspector';
import { frameOf } from './frame.js';
import type { PprofBuilder, ProfileKind } from './pprof-builder.js';

/** Every how many microseconds V8 looks at the stack. */
export const CPU_INTERVAL_MICROS = 1_000;

export const CPU: ProfileKind = {
  sampleTypes: [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ],
  periodType: ['cpu', 'nanoseconds'],
  period: CPU_INTERVAL_MICROS * 1_000,
};

/** Waiting for something to do is no work. */
const IDLE = '(idle)';

/** Adds what V8 saw of the process's main thread. */
export function addCpuProfile(builder: PprofBuilder, profile: Profiler.Profile): void {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const nanos = nanosByNode(profile);
  const walk = (node: Profiler.ProfileNode, callers: readonly number[]): void => {
    if (node.callFrame.functionName === IDLE) return;
    addNode(builder, node, nanos.get(node.id) ?? 0, callers);
    const stack = [builder.location(frameOf(node.callFrame)), ...callers];
    for (const id of node.children ?? []) walk(nodes.get(id)!, stack);
  };
  const [root] = profile.nodes;
  for (const id of root.children ?? []) walk(nodes.get(id)!, []);
}

function addNode(
  builder: PprofBuilder,
  { callFrame, hitCount = 0, positionTicks }: Profiler.ProfileNode,
  nanos: number,
  callers: readonly number[],
): void {
  if (hitCount === 0) return;
  const lines = positionTicks ?? [{ line: callFrame.lineNumber + 1, ticks: hitCount }];
  const ticksInAll = lines.reduce((sum, { ticks }) => sum + ticks, 0);
  for (const { line, ticks } of lines) {
    const location = builder.location(frameOf(callFrame, line));
    builder.add([location, ...callers], [ticks, (nanos * ticks) / ticksInAll]);
  }
}

// A sample stands for the time until the next: where the machine is busy, that is longer than the interval.
function nanosByNode({ samples = [], timeDeltas = [], endTime, startTime }: Profiler.Profile) {
  const nanos = new Map<number, number>();
  let atMicros = startTime;
  samples.forEach((id, i) => {
    atMicros += timeDeltas[i];
    const tookMicros = Math.max(0, timeDeltas[i + 1] ?? endTime - atMicros);
    nanos.set(id, (nanos.get(id) ?? 0) + tookMicros * 1_000);
  });
  return nanos;
}
