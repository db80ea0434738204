import { expect, it } from 'vitest';
import { countedNote } from './counted-note.js';

const at = (hour: number, minute = 0) => new Date(new Date().getFullYear(), 10, 21, hour, minute);
const top = { from: at(9).toISOString(), to: at(11).toISOString() };

it('says which hours were counted where they are not those that were asked for', () => {
  const window = { range: undefined, fromMs: at(9, 20).getTime(), toMs: at(10, 20).getTime() };
  expect(countedNote(top, window, at(12).getTime())).toBe('whole hours: 21 Nov, 09:00 – 11:00');
});

it('says nothing where it makes no difference', () => {
  const hours = { range: undefined, fromMs: at(9).getTime(), toMs: at(11).getTime() };
  expect(countedNote(top, hours, at(12).getTime())).toBeUndefined();
  const week = {
    range: 'week' as const,
    fromMs: at(9, 20).getTime() - 7 * 86_400_000,
    toMs: at(10, 20).getTime(),
  };
  const counted = { from: new Date(at(9).getTime() - 7 * 86_400_000).toISOString(), to: top.to };
  expect(countedNote(counted, week, at(10, 20).getTime())).toBeUndefined();
});
