import type { Profiler } from 'node:inspector';
import fc from 'fast-check';
import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { mergeInto } from './cluster-profiles.js';
import { PprofBuilder } from './pprof-builder.js';
import { addCpuProfile, CPU, addHeapProfile, HEAP, objectsOf } from './samples.js';

const callFrame = (functionName: string, lineNumber = 9) => ({
  functionName,
  lineNumber,
  columnNumber: 2,
  scriptId: '1',
  url: functionName.startsWith('(') ? '' : 'file:///app/a.js',
});

const node = (id: number, name: string, rest: Partial<Profiler.ProfileNode> = {}): Profiler.ProfileNode => ({
  id,
  callFrame: callFrame(name),
  ...rest,
});

/** main calls work, which is seen on two lines; the rest of the time nothing is done. */
const seen: Profiler.Profile = {
  startTime: 1_000,
  endTime: 11_000,
  nodes: [
    node(1, '(root)', { children: [2, 4] }),
    node(2, 'main', { children: [3] }),
    node(3, 'work', {
      hitCount: 3,
      positionTicks: [
        { line: 12, ticks: 2 },
        { line: 14, ticks: 1 },
      ],
    }),
    node(4, '(idle)', { hitCount: 1 }),
  ],
  samples: [3, 3, 4, 3],
  timeDeltas: [1_000, 2_000, 1_000, 3_000],
};

/** `stack: values`, the outermost first. */
function table(profile: Profile): Record<string, number[]> {
  const { strings } = profile.stringTable;
  const lines = new Map(
    profile.location.map(({ id, line: [{ functionId, line }] }) => {
      const { name } = profile.function.find((one) => Number(one.id) === Number(functionId))!;
      return [Number(id), `${strings[Number(name)]}:${line}`];
    }),
  );
  const rows = profile.sample.map(({ locationId, value, label }) => {
    const process = label.map(({ str }) => ` @${strings[Number(str)]}`).join('');
    const stack = locationId.map((id) => lines.get(Number(id))).reverse();
    return [stack.join(' ') + process, value.map(Number)] as const;
  });
  return Object.fromEntries(rows);
}

const built = (builder: PprofBuilder) =>
  Profile.decode(builder.build({ startMs: 5, durationMs: 10 }).encode());

describe('CPU samples', () => {
  it('stand for the time until the next one, shared by the lines that were seen', () => {
    const builder = new PprofBuilder(CPU);
    addCpuProfile(builder, seen);
    // 2 ms, 1 ms and, behind 3 ms of nothing, the last 3 ms.
    expect(table(built(builder))).toEqual({
      'main:10 work:12': [2, 4_000_000],
      'main:10 work:14': [1, 2_000_000],
    });
  });

  it('of several slices add up, and those of several processes stay apart', () => {
    const slices = new PprofBuilder(CPU);
    addCpuProfile(slices, seen);
    addCpuProfile(slices, seen);
    const merged = new PprofBuilder(CPU);
    for (const process of [70, 71]) mergeInto(merged, built(slices), process);
    expect(table(built(merged))).toEqual({
      'main:10 work:12 @70': [4, 8_000_000],
      'main:10 work:14 @70': [2, 4_000_000],
      'main:10 work:12 @71': [4, 8_000_000],
      'main:10 work:14 @71': [2, 4_000_000],
    });
  });
});

describe('heap samples', () => {
  it('are summed by the function that allocated', () => {
    const builder = new PprofBuilder(HEAP);
    const leaf = { id: 3, callFrame: callFrame('', 4), children: [] };
    const head = {
      id: 1,
      callFrame: callFrame('(root)'),
      children: [{ id: 2, callFrame: callFrame('main'), children: [leaf] }],
    };
    const samples = [2_000_000_000, 3_000_000_000].map((size) => ({ nodeId: 3, size }));
    addHeapProfile(builder, { head, samples });
    expect(table(built(builder))).toEqual({ 'main:10 (anonymous:5:3):5': [2, 5_000_000_000] });
  });

  it('of large objects are counted exactly, of small ones about', () => {
    const INTERVAL = 524_288;
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 1e9 }), (size) => {
        const likelihood = -Math.expm1(-size / INTERVAL);
        const told = size / likelihood;
        expect(objectsOf(told, INTERVAL) * likelihood).toBeCloseTo(1, size > 1000 ? 1 : 0);
      }),
    );
  });
});
