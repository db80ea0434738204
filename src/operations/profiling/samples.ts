import type { Runtime, Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { Frame, PprofBuilder, ProfileKind } from './pprof-builder.js';

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

/** Idle time is not CPU time. */
const IDLE = '(idle)';

/** V8 takes one sample in about so many bytes that are allocated, as Go does. */
export const HEAP_INTERVAL_BYTES = 512 * 1024;

export const HEAP: ProfileKind = {
  sampleTypes: [
    ['objects', 'count'],
    ['space', 'bytes'],
  ],
  periodType: ['space', 'bytes'],
  period: HEAP_INTERVAL_BYTES,
};

/** The place that V8 names; with the function's first line where no other is known. Lines count from 1. */
function frameOf(call: Runtime.CallFrame, line?: number): Frame {
  const startLine = call.lineNumber + 1;
  return { name: nameOf(call), file: fileOf(call.url), startLine, line: line ?? startLine };
}

// Otherwise pprof would merge all functions without a file name.
function nameOf({ functionName, lineNumber, columnNumber }: Runtime.CallFrame): string {
  return functionName || `(anonymous:${lineNumber + 1}:${columnNumber + 1})`;
}

function fileOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

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

/** As V8 gives it (HeapProfiler.SamplingHeapProfile of its inspector protocol). */
export interface HeapProfile {
  head: HeapNode;
  samples: { nodeId: number; size: number }[];
}

interface HeapNode {
  id: number;
  callFrame: Runtime.CallFrame;
  children: HeapNode[];
}

/** Adds what is held of all that was allocated since sampling began. */
export function addHeapProfile(builder: PprofBuilder, { head, samples }: HeapProfile): void {
  const bytesByNode = Map.groupBy(samples, ({ nodeId }) => nodeId);
  const walk = (node: HeapNode, callers: readonly number[]): void => {
    const stack = [builder.location(frameOf(node.callFrame)), ...callers];
    for (const { size } of bytesByNode.get(node.id) ?? []) {
      builder.add(stack, [objectsOf(size, HEAP_INTERVAL_BYTES), size]);
    }
    for (const child of node.children) walk(child, stack);
  };
  for (const child of head.children) walk(child, []);
}

/**
 * About how many objects a sample stands for. V8 tells only the bytes, scaled up by how likely an object of its size is to be
 * hit (Poisson sampling: size / (1 - e^(-size/interval)), src/profiler/sampling-heap-profiler.cc), which is undone here.
 * For small objects V8's rounding makes it a rough number.
 */
export function objectsOf(bytes: number, intervalBytes: number): number {
  let [low, high] = [1, Math.max(1, bytes)];
  while (high - low > 0.5) {
    const size = (low + high) / 2;
    if (size / -Math.expm1(-size / intervalBytes) < bytes) low = size;
    else high = size;
  }
  return Math.max(1, bytes / high);
}
