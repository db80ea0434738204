import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyHistogram, LOWEST_BIN } from './latency-histogram.js';

// as the SQL function sightline_latency_bin
function binOf(ms: number): number {
  return ms < 0.001 ? LOWEST_BIN : Math.min(Math.ceil(Math.log(ms) / Math.log(1.02)), 32_767);
}

function histogramOf(durations: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  histogram.add(
    durations.map(binOf),
    durations.map(() => 1),
  );
  return histogram;
}

const aDuration = fc.oneof(
  fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, 1.02, 100),
);
const durations = fc.array(aDuration, { minLength: 1, maxLength: 200 });

it('percentiles are within 1 % of the nearest rank, and never above the greatest', () => {
  fc.assert(
    fc.property(durations, durations, fc.integer({ min: 1, max: 100 }), (some, others, percent) => {
      const all = [...some, ...others].sort((a, b) => a - b);
      const histogram = histogramOf(some);
      histogram.merge(histogramOf(others));
      const max = all.at(-1)!;
      const [found] = histogram.percentilesMs([percent], max);
      const exact = all[Math.ceil((percent / 100) * all.length) - 1];
      expect(Math.abs(found! - exact)).toBeLessThanOrEqual(exact * 0.01);
      expect(found).toBeLessThanOrEqual(max);
    }),
  );
});

it('of nothing are null', () => {
  expect(new LatencyHistogram().percentilesMs([50, 99], null)).toEqual([null, null]);
});
