import { describe, expect, it } from '@jest/globals';
import { Lanes } from './lanes.js';

describe('lanes', () => {
  it('let so many run at once, in the order that they came, whatever becomes of them', async () => {
    const lanes = new Lanes(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const work = (n: number) => async () => {
      started.push(n);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (n % 3 === 0) throw new Error(`${n}`);
      return n;
    };
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => n).map((n) => lanes.run(work(n))),
    );
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status === 'rejected')).toEqual(started.map((n) => n % 3 === 0));
    expect(await lanes.run(() => Promise.resolve('free again'))).toBe('free again');
  });
});
