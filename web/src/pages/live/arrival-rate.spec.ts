import { describe, expect, it } from 'vitest';
import { ArrivalRate } from './arrival-rate.js';

const T0 = 1_800_000_000_250;

describe('ArrivalRate', () => {
  it('is over the time since the start at first', () => {
    const rate = new ArrivalRate(T0);
    rate.add(4, T0 + 100);
    expect(rate.perSecond(T0 + 500)).toBe(4);
    expect(rate.perSecond(T0 + 2000)).toBe(2);
  });

  it('forgets what is older than its window', () => {
    const rate = new ArrivalRate(T0);
    for (let second = 0; second < 60; second += 1) rate.add(5, T0 + second * 1000);
    expect(rate.perSecond(T0 + 59_000)).toBe(5);
    expect(rate.perSecond(T0 + 64_000)).toBe(2.5);
    expect(rate.perSecond(T0 + 69_000)).toBe(0);
  });

  it('is nothing after a long gap, and right again after it', () => {
    const rate = new ArrivalRate(T0);
    rate.add(1000, T0);
    expect(rate.perSecond(T0 + 86_400_000)).toBe(0);
    rate.add(10, T0 + 86_400_000);
    expect(rate.perSecond(T0 + 86_400_000)).toBe(1);
  });

  it('takes a clock that steps back', () => {
    const rate = new ArrivalRate(T0);
    rate.add(3, T0 + 5000);
    rate.add(2, T0 + 1000);
    expect(rate.perSecond(T0 + 5000)).toBe(1);
  });
});
