import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../events/event.js';
import { cleared, emptyBuffer, paused, received, resumed, type TailBuffer } from './tail-buffer.js';

const event = (id: number) => ({ id, event_name: `e${id}` }) as StoredEvent;
const events = (...ids: number[]) => ids.map(event);
const shown = ({ shown }: TailBuffer) => shown.map(({ id }) => id);

describe('TailBuffer', () => {
  it('shows the newest first, and no more than its limit', () => {
    const buffer = received(received(emptyBuffer(3), events(1, 2)), events(3, 4));
    expect(shown(buffer)).toEqual([4, 3, 2]);
  });

  it('leaves out what a resumed tail repeats', () => {
    const buffer = received(received(emptyBuffer(9), events(1, 2)), events(2, 1, 3, 3));
    expect(shown(buffer)).toEqual([3, 2, 1]);
    expect(received(buffer, events(3))).toBe(buffer);
  });

  it('stands still during a pause, and catches up after it', () => {
    let buffer = paused(received(emptyBuffer(4), events(1, 2)));
    buffer = received(received(buffer, events(3)), events(4, 2));
    expect(shown(buffer)).toEqual([2, 1]);
    expect(buffer.heldCount).toBe(2);
    buffer = resumed(buffer);
    expect(shown(buffer)).toEqual([4, 3, 2, 1]);
    expect(buffer).toMatchObject({ paused: false, held: [], heldCount: 0 });
  });

  it('counts what it does not hold', () => {
    const buffer = received(paused(emptyBuffer(2)), events(1, 2, 3));
    expect(buffer).toMatchObject({ heldCount: 3, held: { length: 2 } });
    expect(shown(resumed(buffer))).toEqual([3, 2]);
    expect(received(buffer, events(9), 500).heldCount).toBe(504);
  });

  it('is emptied, and stays paused', () => {
    const buffer = cleared(received(paused(received(emptyBuffer(2), events(1))), events(2)));
    expect(buffer).toEqual({ ...emptyBuffer(2), paused: true });
  });

  it('shows each event once, bounded, whatever happens', () => {
    const step = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 40 })).map((ids) => (b: TailBuffer) => received(b, events(...ids))),
      fc.constantFrom(paused, resumed, cleared),
    );
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 10 }), (steps, limit) => {
        const buffer = steps.reduce((state, next) => next(state), emptyBuffer(limit));
        const ids = [...buffer.shown, ...buffer.held].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(buffer.shown.length).toBeLessThanOrEqual(limit);
        expect(buffer.held.length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
