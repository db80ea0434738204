import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './tail-connection.js';

describe('retryDelayMs', () => {
  it('doubles from half a second to a quarter of a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => retryDelayMs(attempt, 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
  });

  it('is spread over half of it', () => {
    expect(retryDelayMs(1, 0)).toBe(500);
  });
});
