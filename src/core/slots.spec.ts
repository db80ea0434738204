import { describe, expect, it } from '@jest/globals';
import type { SightlineError } from './errors.js';
import { Slots } from './slots.js';

const slotsOf = (max: number) => new Slots(max, { name: 'exports', setting: 'MAX_EXPORTS' });

function refusalOf(slots: Slots, projectId: number): string | undefined {
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
