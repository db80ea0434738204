import { describe, expect, it } from 'vitest';
import { readMoment, typedMoment } from './typed-moment.js';

const date = '2026-11-21';

describe('a typed moment', () => {
  it('is one of the own zone, on a clock of 24 hours', () => {
    expect(typedMoment(new Date(2026, 10, 21, 16, 5, 59).getTime())).toEqual({ date, time: '16:05' });
  });

  it.each(['16:05', '1605', ' 16.05 '])('is read from %j', (time) => {
    expect(readMoment({ date, time })).toBe(new Date(2026, 10, 21, 16, 5).getTime());
  });

  it('may have an hour of one digit', () => {
    expect(readMoment({ date, time: '4:05' })).toBe(new Date(2026, 10, 21, 4, 5).getTime());
  });

  it.each(['', '4', '4:5', '24:01', '12:60', '4:05 pm', '-1:00'])('is none with the time %j', (time) => {
    expect(readMoment({ date, time })).toBeNaN();
  });

  it.each(['', '2026-02-30x', '20261121'])('is none with the date %j', (bad) => {
    expect(readMoment({ date: bad, time: '10:00' })).toBeNaN();
  });
});
