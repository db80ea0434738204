import { expect } from 'vitest';

/** Matches numbers within a share of the exact one. */
export function near(exact: number, share: number): unknown {
  return {
    asymmetricMatch: (value: unknown) =>
      typeof value === 'number' && Math.abs(value - exact) <= Math.abs(exact) * share * (1 + 1e-9),
    toString: () => `within ${share} of ${exact}`,
  };
}

/** Matches what a histogram answers for a list of durations. Zero and less share a bin, as what is beyond 10^281 ms does. */
export function latencyOf(durations: readonly number[]): unknown {
  if (durations.length === 0) return { count: 0, avg: null, p50: null, p95: null, p99: null, max: null };
  const sorted = durations.toSorted((a, b) => a - b);
  const max = sorted.at(-1)!;
  const percentile = (percent: number): unknown => {
    const exact = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    if (exact <= 0) return Math.min(0, max);
    return exact > 1e281 ? expect.any(Number) : near(exact, 0.01);
  };
  return {
    count: sorted.length,
    avg: near(sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length, 1e-9),
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
    // MariaDB writes some doubles one off in the 17th digit
    max: near(max, 1e-15),
  };
}

/** Matches seconds that were told of a moment since `sinceMs` (of `performance.now()`), when they were exactly so many. */
export function leftOf(seconds: number, sinceMs: number): number {
  return {
    asymmetricMatch: (actual: unknown) =>
      typeof actual === 'number' &&
      actual <= seconds &&
      actual >= seconds - Math.ceil((performance.now() - sinceMs) / 1000),
    toString: () => `${seconds} s, less those that have passed`,
  } as never;
}
