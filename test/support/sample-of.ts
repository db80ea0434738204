import fc from 'fast-check';

/** Values by the seed that `npm test` prints: left to itself, fast-check takes one of the clock, which it prints for properties only. */
export function sampleOf<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: Math.floor(Math.random() * 2 ** 31) });
}
