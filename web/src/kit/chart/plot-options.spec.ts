import { describe, expect, it } from 'vitest';
import { tickName } from './plot-options.js';

describe('a tick of the time axis', () => {
  it.each([
    ['2026-11-26T06:30:30', 30, '06:30:30'],
    ['2026-11-26T00:00:00', 30, '00:00:00'],
    ['2026-11-26T06:30:00', 60, '06:30'],
    ['2026-11-26T00:00:00', 3_600, '26 Nov'],
    ['2026-11-26T00:00:00', 86_400, '26 Nov'],
    ['2024-11-26T00:00:00', 86_400, '26 Nov 2024'],
  ])('at %s, %i s apart, is %s', (local, incrementS, name) => {
    expect(tickName(new Date(local).getTime() / 1000, incrementS)).toBe(name);
  });
});
