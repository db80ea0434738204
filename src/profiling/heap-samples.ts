import type { Runtime } from 'node:inspector';
import { frameOf } from './frame.js';
import type { PprofBuilder, ProfileKind } from './pprof-builder.js';

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
