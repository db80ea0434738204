import { afterAll, afterEach, beforeEach } from 'vitest';
import { beginTest, endAll, endThoseOfTest } from './processes.js';

// Chance comes from the seed that `npm test` prints: `npm test -- --only RUN --seed=N PATH` has the same again.
Math.random = randomOf(Number(process.env.TEST_SEED));

beforeEach(beginTest);
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await endThoseOfTest();
});
afterAll(endAll);

/** Mulberry32 (Tommy Ettinger, 2017). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
