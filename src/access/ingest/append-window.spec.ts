import { expect, it } from 'vitest';
import { SightlineError } from '../../core/errors.js';
import { AppendWindow, EntryChunk } from './append-window.js';

const overloaded = () => new SightlineError('overloaded', 'full');
const PATIENCE_MS = 10_000;

/** An append that waits to be told how it went. */
function heldAppends() {
  const held: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const append = () => new Promise<void>((resolve, reject) => held.push({ resolve, reject }));
  return { held, append };
}

const turn = () => new Promise(setImmediate);

it('has a few chunks on their way at once, and the next one wait', async () => {
  const { held, append } = heldAppends();
  const window = new AppendWindow(append, PATIENCE_MS);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 5; sent++) await window.send(new EntryChunk());
  })();
  await turn();
  expect([sent, held.length]).toEqual([3, 3]);
  held[1].resolve();
  await turn();
  expect([sent, held.length]).toEqual([4, 4]);
  held.forEach(({ resolve }) => resolve());
  await turn();
  held.forEach(({ resolve }) => resolve());
  await sending;
  await window.drain();
  expect(held).toHaveLength(5);
});

it('refuses at once a request of which nothing is stored yet', async () => {
  const window = new AppendWindow(() => Promise.reject(overloaded()), PATIENCE_MS);
  await window.send(new EntryChunk());
  await expect(window.drain()).rejects.toMatchObject({ code: 'overloaded' });
});

it('tries the rest of a request again that is stored in part', async () => {
  let appends = 0;
  const window = new AppendWindow(() => {
    appends++;
    return appends === 2 || appends === 3 ? Promise.reject(overloaded()) : Promise.resolve();
  }, PATIENCE_MS);
  await window.send(new EntryChunk());
  await window.drain();
  await window.send(new EntryChunk());
  await window.drain();
  expect(appends).toBe(4);
});

it('ends with the first failure, and sends no more', async () => {
  let appends = 0;
  const window = new AppendWindow(() => {
    appends++;
    return Promise.reject(new Error(`failure ${appends}`));
  }, PATIENCE_MS);
  await window.send(new EntryChunk());
  await turn();
  await expect(window.send(new EntryChunk())).rejects.toThrow('failure 1');
  expect(appends).toBe(1);
});

it('loses patience', async () => {
  let appends = 0;
  const window = new AppendWindow(
    () => (++appends === 1 ? Promise.resolve() : Promise.reject(overloaded())),
    0,
  );
  await window.send(new EntryChunk());
  await window.drain();
  await window.send(new EntryChunk());
  await expect(window.drain()).rejects.toMatchObject({ code: 'overloaded' });
});
