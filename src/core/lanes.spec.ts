import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Lanes, ProjectLanes } from './lanes.js';

/** Work that goes on until it is told to end. */
function held(): { work: () => Promise<string>; end: () => void; started: Promise<void> } {
  let end: () => void = () => undefined;
  let start: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const started = new Promise<void>((resolve) => (start = resolve));
  const work = async () => {
    start();
    await ended;
    return 'done';
  };
  return { work, end, started };
}

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
    expect(lanes.isIdle).toBe(true);
  });

  it('refuse at once where too many wait, and whoever has waited too long; the others have their turn', async () => {
    const lanes = new Lanes(1, { maxWaiting: 2, patienceMs: 20 });
    const first = held();
    const answer = lanes.run(first.work);
    await first.started;
    const impatient = lanes.run(() => Promise.resolve('never'));
    const alsoImpatient = lanes.run(() => Promise.resolve('never'));
    await expect(lanes.run(() => Promise.resolve('never'))).rejects.toMatchObject({ code: 'overloaded' });
    await expect(impatient).rejects.toMatchObject({ code: 'overloaded', retryAfterS: 1 });
    await expect(alsoImpatient).rejects.toMatchObject({ code: 'overloaded' });
    const patient = new Lanes(1);
    const next = patient.run(() => delay(1, 'next'));
    const last = patient.run(() => Promise.resolve('last'));
    expect(await Promise.all([next, last])).toEqual(['next', 'last']);
    first.end();
    expect(await answer).toBe('done');
    expect(await lanes.run(() => Promise.resolve('free again'))).toBe('free again');
  });
});

describe('lanes of projects', () => {
  it.each([
    [1, 1],
    [2, 1],
    [6, 3],
    [7, 3],
  ])('of %i connections one project has %i, and the others are not held up', async (connections, share) => {
    const lanes = ProjectLanes.over(connections, Infinity);
    const slow = Array.from({ length: share }, held);
    const answers = slow.map(({ work }) => lanes.run(1, work));
    await Promise.all(slow.map(({ started }) => started));
    const waiting = Array.from({ length: 100 }, (_, n) => lanes.run(1, () => Promise.resolve(n)));
    await expect(lanes.run(1, () => Promise.resolve(0))).rejects.toMatchObject({ code: 'overloaded' });
    expect(await lanes.run(2, () => Promise.resolve('answered'))).toBe('answered');
    slow.forEach(({ end }) => end());
    expect(await Promise.all(answers)).toEqual(slow.map(() => 'done'));
    expect(await Promise.all(waiting)).toEqual(waiting.map((_, n) => n));
  });
});
