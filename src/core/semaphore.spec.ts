import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SightlineError } from './errors.js';
import { FairSemaphore, RequestQuota } from './semaphore.js';

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

describe('a fair semaphore', () => {
  it('let so many run at once, in the order that they came, whatever becomes of them', async () => {
    const semaphore = new FairSemaphore(2);
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
      Array.from({ length: 10 }, (_, n) => n).map((n) => semaphore.run(work(n))),
    );
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status === 'rejected')).toEqual(started.map((n) => n % 3 === 0));
    expect(await semaphore.run(() => Promise.resolve('free again'))).toBe('free again');
  });

  it('give one owner half of them, and those that wait their turns', async () => {
    const semaphore = new FairSemaphore(4, 2);
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const run = (owner: number, name: string) =>
      semaphore.run(() => {
        started.push(name);
        return new Promise<void>((end) => ends.push(end));
      }, owner);
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2', 'c2'].map((name) =>
      run(name.codePointAt(0)!, name),
    );
    // a waits for a permit of its own, though one more is free than it may have
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

  it('refuse at once where too many wait, and whoever has waited too long; the others have their turn', async () => {
    const semaphore = new FairSemaphore(1, 1, { maxWaiting: 2, patienceMs: 20 });
    const first = held();
    const answer = semaphore.run(first.work);
    await first.started;
    const impatient = semaphore.run(() => Promise.resolve('never'));
    const alsoImpatient = semaphore.run(() => Promise.resolve('never'));
    await expect(semaphore.run(() => Promise.resolve('never'))).rejects.toMatchObject({ code: 'overloaded' });
    await expect(impatient).rejects.toMatchObject({ code: 'overloaded', retryAfterS: 1 });
    await expect(alsoImpatient).rejects.toMatchObject({ code: 'overloaded' });
    const patient = new FairSemaphore(1);
    const next = patient.run(() => delay(1, 'next'));
    const last = patient.run(() => Promise.resolve('last'));
    expect(await Promise.all([next, last])).toEqual(['next', 'last']);
    first.end();
    expect(await answer).toBe('done');
    expect(await semaphore.run(() => Promise.resolve('free again'))).toBe('free again');
  });
});

describe('a semaphore of projects', () => {
  it.each([
    [1, 1],
    [2, 1],
    [6, 3],
    [7, 3],
  ])('of %i connections one project has %i, and the others are not held up', async (connections, share) => {
    const semaphore = FairSemaphore.ofProjects(connections, Infinity);
    const slow = Array.from({ length: share }, held);
    const answers = slow.map(({ work }) => semaphore.run(work, 1));
    await Promise.all(slow.map(({ started }) => started));
    const waiting = Array.from({ length: 100 }, (_, n) => semaphore.run(() => Promise.resolve(n), 1));
    await expect(semaphore.run(() => Promise.resolve(0), 1)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await semaphore.run(() => Promise.resolve('answered'), 2)).toBe('answered');
    slow.forEach(({ end }) => end());
    expect(await Promise.all(answers)).toEqual(slow.map(() => 'done'));
    expect(await Promise.all(waiting)).toEqual(waiting.map((_, n) => n));
  });
});

const slotsOf = (max: number) => new RequestQuota(max, { name: 'exports', setting: 'MAX_EXPORTS' });

function refusalOf(slots: RequestQuota, projectId: number): string | undefined {
  try {
    slots.take(projectId);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'overloaded', retryAfterS: 5 });
    return (error as SightlineError).message;
  }
}

describe('slots', () => {
  it('leave half to other projects, and say whose bound it is', () => {
    const slots = slotsOf(5);
    const held = [slots.take(1), slots.take(1), slots.take(1)];
    expect(refusalOf(slots, 1)).toMatch(/^This project has as many exports .*MAX_EXPORTS/);
    slots.take(2);
    slots.take(3);
    expect(slots.used).toBe(5);
    expect(refusalOf(slots, 2)).toMatch(/^This server has as many exports .*MAX_EXPORTS/);
    held[0]();
    held[0]();
    expect(slots.used).toBe(4);
    slots.take(2);
    expect(refusalOf(slots, 1)).toMatch(/^This server/);
  });

  it('are at least one for each, as long as there is one', () => {
    const slots = slotsOf(1);
    const release = slots.take(1);
    expect(refusalOf(slots, 1)).toMatch(/^This project/);
    expect(refusalOf(slots, 2)).toMatch(/^This server/);
    release();
    slots.take(2);
  });
});
