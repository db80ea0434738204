import { expect, it } from 'vitest';
import { wayText } from './progress.js';

it.each([
  [{ count: 1000, durationMs: Infinity }, 250, 10_000, '25 %, 30 s to go  '],
  [{ count: Infinity, durationMs: 600_000 }, 250, 60_000, '10 %, 9 min 0 s to go  '],
  // whichever ends the run first
  [{ count: 1000, durationMs: 20_000 }, 250, 10_000, '50 %, 10 s to go  '],
  [{ count: 1000, durationMs: 20_000 }, 990, 10_000, '99 %, 1 s to go  '],
  // a time that is up: what was made is still sent
  [{ count: 1000, durationMs: 20_000 }, 250, 30_000, '100 %, 0 s to go  '],
  [{ count: 1000, durationMs: Infinity }, 0, 10_000, ''],
  [{ count: Infinity, durationMs: Infinity }, 250, 10_000, ''],
])('of %j, %i acknowledged after %i ms: %j', (goal, acknowledged, elapsedMs, expected) => {
  expect(wayText(goal, acknowledged, elapsedMs)).toBe(expected);
});
