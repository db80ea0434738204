import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXACT_LIMIT, SKETCH_HEADER_BYTES, UniqueSketch } from './unique-sketch.js';

type Hash = readonly [high: number, low: number];

function sketchOf(hashes: Iterable<Hash>): UniqueSketch {
  const sketch = new UniqueSketch();
  for (const [high, low] of hashes) sketch.add(high, low);
  return sketch;
}

/** `size` hashes that differ, spread as a hash function does it (splitmix32, a bijection of its counter, twice). */
function hashes(seed: number, size: number): Hash[] {
  return Array.from({ length: size }, (_, i) => hashAt(seed, i));
}

function hashAt(seed: number, i: number): Hash {
  return [mix(seed + i), mix((seed ^ 0x5bd1e995) - i)];
}

function mix(value: number): number {
  let x = (value + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

const aSeed = fc.integer({ min: 0, max: 2 ** 31 });
const someHashes = fc.array(fc.tuple(fc.nat(0xffffffff), fc.nat(3)), { maxLength: 300 });
// on both sides of the exact limit
const aSize = fc.oneof(
  fc.nat(200),
  fc.integer({ min: EXACT_LIMIT - 5, max: EXACT_LIMIT + 5 }),
  fc.nat(30_000),
);

describe('UniqueSketch', () => {
  it('is exact up to 10,000', () => {
    fc.assert(
      fc.property(someHashes, (seen) => {
        const distinct = new Set(seen.map(([high, low]) => `${high} ${high === 0 && low === 0 ? 1 : low}`));
        expect(sketchOf(seen).estimate()).toBe(distinct.size);
      }),
    );
    const full = sketchOf([...hashes(7, EXACT_LIMIT), ...hashes(7, EXACT_LIMIT)]);
    expect([full.exact, full.estimate()]).toEqual([true, EXACT_LIMIT]);
    full.add(1, 2);
    expect(full.exact).toBe(false);
  });

  it.each([10_001, 12_000, 30_000, 100_000, 300_000, 1_000_000])('is within 2 % of %i', (size) => {
    for (const seed of [1, 2, 3]) {
      const sketch = new UniqueSketch();
      for (let i = 0; i < size; i++) sketch.add(...hashAt(seed * 7_654_321, i));
      expect(Math.abs(sketch.estimate() / size - 1)).toBeLessThan(0.02);
    }
  });

  it('merged is the sketch of the union, in whatever order', () => {
    fc.assert(
      fc.property(aSeed, aSize, aSize, fc.nat(10_000), (seed, left, right, shift) => {
        const [a, b] = [hashes(seed, left), hashes(seed + shift, right)];
        const union = sketchOf([...a, ...b]).estimate();
        const forth = sketchOf(a);
        forth.merge(sketchOf(b));
        const back = sketchOf(b.toReversed());
        back.mergeBytes(sketchOf(a).toBytes());
        expect([forth.estimate(), back.estimate()]).toEqual([union, union]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([100, 20_000])('comes back from bytes of version 1: %i', (size) => {
    const bytes = sketchOf(hashes(5, size)).toBytes();
    const body = bytes.subarray(SKETCH_HEADER_BYTES);
    const old = size > EXACT_LIMIT ? [1, 1, ...body.map((rank) => rank - 48)] : [1, 0, ...body];
    expect(UniqueSketch.fromBytes(Uint8Array.from(old)).toBytes()).toEqual(bytes);
    expect(() => UniqueSketch.estimateOf('\u0001\u0001')).toThrow(/header/);
  });

  it('is as new when it was cleared, exact or not', () => {
    for (const size of [0, 5, EXACT_LIMIT, EXACT_LIMIT + 1]) {
      const sketch = sketchOf(hashes(7, size));
      sketch.clear();
      expect([sketch.isEmpty, sketch.exact, sketch.estimate()]).toEqual([true, true, 0]);
      for (const [high, low] of hashes(9, 100)) sketch.add(high, low);
      expect(sketch.estimate()).toBe(100);
    }
  });

  it('comes back from its bytes, and takes no others', () => {
    fc.assert(
      fc.property(aSeed, aSize, (seed, size) => {
        const sketch = sketchOf(hashes(seed, size));
        const copy = UniqueSketch.fromBytes(sketch.toBytes());
        expect([copy.exact, copy.estimate()]).toEqual([sketch.exact, sketch.estimate()]);
        const header = sketch.toBytes().toString('latin1', 0, SKETCH_HEADER_BYTES);
        expect(UniqueSketch.estimateOf(header)).toBe(sketch.estimate());
      }),
      { numRuns: 30 },
    );
    const short = sketchOf(hashes(1, 3)).toBytes().subarray(0, -1);
    for (const bytes of [[], [3, 0], [1, 2], [1, 0, 1, 2], [1, 1, 1], short]) {
      expect(() => UniqueSketch.fromBytes(Uint8Array.from(bytes))).toThrow(/sketch|hashes/);
    }
  });

  it('keeps the greater of any two ranks, and refuses every byte that is none', () => {
    const ofRanks = (rankAt: (i: number) => number): Buffer => {
      const bytes = Buffer.alloc(SKETCH_HEADER_BYTES + 2 ** 15, '2R00000000000000');
      for (let i = SKETCH_HEADER_BYTES; i < bytes.length; i++) bytes[i] = 48 + rankAt(i);
      return bytes;
    };
    // each pair of 0 to 50, at each place of a word
    const [high, low] = [ofRanks((i) => Math.floor(i / 51) % 51), ofRanks((i) => i % 51)];
    const sketch = UniqueSketch.fromBytes(high);
    // not aligned
    sketch.mergeBytes(Buffer.concat([Buffer.alloc(1), low]).subarray(1));
    const greater = Buffer.from(high.map((byte, i) => Math.max(byte, low[i])));
    expect(sketch.toBytes().subarray(SKETCH_HEADER_BYTES)).toEqual(greater.subarray(SKETCH_HEADER_BYTES));
    for (let byte = 0; byte < 256; byte++) {
      const bytes = ofRanks(() => 50);
      bytes[SKETCH_HEADER_BYTES + 5] = byte;
      const read = () => UniqueSketch.fromBytes(bytes);
      if (byte >= 48 && byte <= 98) read();
      else expect(read).toThrow('not the bytes of a sketch');
    }
  });
});
