import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf, takeToken, type Bucket } from '../core/token-bucket.js';
import { hitOf } from './buckets.js';

const rates = fc
  .record({
    burst: fc.integer({ min: 1, max: 50 }),
    perMinute: fc.double({ min: 0.5, max: 100_000, noNaN: true }),
  })
  .map(({ burst, perMinute }) => rateOf(burst, perMinute, null));
const gaps = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 });

describe('takeToken', () => {
  it('lets no more pass than burst + rate × t, in any stretch of time', () => {
    fc.assert(
      fc.property(rates, gaps, (rate, waits) => {
        const bucket: Bucket = { tokens: rate.capacity, atMs: 0 };
        const passed: number[] = [];
        let nowMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          if (takeToken(bucket, rate, nowMs)) passed.push(nowMs);
        }
        passed.forEach((from, i) => {
          passed.slice(i).forEach((to, n) => {
            expect(n + 1).toBeLessThanOrEqual(
              rate.capacity + ((to - from) * rate.capacity) / rate.fillMs + 1e-6,
            );
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('passes one hit after Retry-After, and not a second sooner', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const bucket: Bucket = { tokens: rate.capacity, atMs: 0 };
        for (let i = 0; i < rate.capacity; i++) takeToken(bucket, rate, 0);
        const waitS = hitOf(takeToken(bucket, rate, 0), bucket.tokens, rate).timeToBlockExpire;
        expect(waitS).toBeGreaterThanOrEqual(1);
        if (waitS > 1) expect(takeToken({ ...bucket }, rate, (waitS - 1) * 1000)).toBe(false);
        expect(takeToken(bucket, rate, waitS * 1000)).toBe(true);
      }),
    );
  });

  it('is full after Reset', () => {
    fc.assert(
      fc.property(rates, fc.nat(50), (rate, hits) => {
        const bucket: Bucket = { tokens: rate.capacity, atMs: 0 };
        let hit = hitOf(true, bucket.tokens, rate);
        for (let i = 0; i < hits; i++) hit = hitOf(takeToken(bucket, rate, 0), bucket.tokens, rate);
        for (let i = 0; i < rate.capacity; i++) {
          expect(takeToken(bucket, rate, hit.timeToExpire * 1000)).toBe(true);
        }
      }),
    );
  });

  it('goes on filling when the clock was put back', () => {
    const rate = rateOf(1, 60, null);
    const bucket: Bucket = { tokens: 0, atMs: 3_600_000 };
    expect(takeToken(bucket, rate, 0)).toBe(false);
    expect(takeToken(bucket, rate, 1000)).toBe(true);
  });
});

describe('rateOf', () => {
  it.each([
    [100, 1000, null, { capacity: 100, fillMs: 6_000 }],
    [100, 1000, 30, { capacity: 30, fillMs: 60_000 }],
    [100, 1000, 6000, { capacity: 100, fillMs: 1_000 }],
    [100, 1000, 0.5, { capacity: 1, fillMs: 120_000 }],
  ])('burst %d, %d a minute, own %s', (burst, perMinute, own, rate) => {
    expect(rateOf(burst, perMinute, own)).toEqual(rate);
  });
});
