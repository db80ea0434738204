import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addHistogram, histogramBytes, type Bins } from './histogram-bytes.js';

const histograms = fc
  .array(fc.tuple(fc.integer({ min: -32_768, max: 32_767 }), fc.integer({ min: 1, max: 2 ** 50 })))
  .map((pairs): Bins => new Map(pairs));

describe('the bytes of a histogram', () => {
  it('give it back, and add up', () => {
    fc.assert(
      fc.property(histograms, histograms, (a, b) => {
        const read: Bins = new Map();
        addHistogram(read, histogramBytes(a));
        expect(read).toEqual(a);
        addHistogram(read, histogramBytes(b));
        for (const bin of read.keys()) expect(read.get(bin)).toBe((a.get(bin) ?? 0) + (b.get(bin) ?? 0));
      }),
    );
  });

  it('are told from others', () => {
    for (const bytes of [[], [2], [1, 2, 3]]) {
      expect(() => addHistogram(new Map(), Buffer.from(bytes))).toThrow('not the bytes');
    }
  });
});
