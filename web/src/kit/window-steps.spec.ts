import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steppedWindow, type WindowStep } from './window-steps.js';

const at = (time: string) => Date.parse(`2026-11-20T${time}:00Z`);
const window = { fromMs: at('10:00'), toMs: at('14:00') };
const stepped = (step: WindowStep, now = '20:00', of = window) => {
  const next = steppedWindow(of, step, at(now));
  return next && [next.from, next.to].map((moment) => moment.slice(11, 16)).join('-');
};

describe('a step', () => {
  it.each([
    ['earlier', '08:00-12:00'],
    ['later', '12:00-16:00'],
    ['in', '11:00-13:00'],
    ['out', '08:00-16:00'],
  ] as const)('%s', (step, expected) => expect(stepped(step)).toBe(expected));

  it('ends at now, where it would go beyond', () => {
    expect(stepped('later', '15:00')).toBe('11:00-15:00');
    expect(stepped('out', '14:30')).toBe('06:30-14:30');
  });

  it('leads nowhere at now, and at the shortest and the longest window', () => {
    expect(stepped('later', '14:00')).toBeNull();
    expect(stepped('in', '20:00', { fromMs: at('10:00'), toMs: at('10:05') })).toBeNull();
    const longest = { fromMs: at('10:00') - 1_830 * 86_400_000, toMs: at('10:00') };
    expect(steppedWindow(longest, 'out', at('20:00'))).toBeNull();
  });

  it('back and forth comes back', () => {
    const minutes = fc.integer({ min: 5, max: 50_000 }).map((count) => count * 2 * 60_000);
    fc.assert(
      fc.property(minutes, fc.constantFrom(['earlier', 'later'], ['out', 'in']), (length, [there, back]) => {
        const before = { fromMs: at('10:00'), toMs: at('10:00') + length };
        const now = before.toMs + length;
        const { from, to } = steppedWindow(before, there, now)!;
        const gone = { fromMs: Date.parse(from), toMs: Date.parse(to) };
        const { from: again, to: end } = steppedWindow(gone, back, now)!;
        expect([Date.parse(again), Date.parse(end)]).toEqual([before.fromMs, before.toMs]);
      }),
    );
  });
});
