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

  it('give one owner half of them, and those that wait their turns', async () => {
    const lanes = new Lanes(4, 2);
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const run = (owner: number, name: string) =>
      lanes.run(() => {
        started.push(name);
        return new Promise<void>((end) => ends.push(end));
      }, owner);
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2', 'c2'].map((name) =>
      run(name.codePointAt(0)!, name),
    );
    // a waits for a lane of its own, though one more is free than it may have
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1']);
    const endNext = async (): Promise<void> => {
      ends.shift()!();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    };
    while (ends.length > 0) await endNext();
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'c2', 'a4']);
    await Promise.all(all);
  });
});
