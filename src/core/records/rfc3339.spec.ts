import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRfc3339, parseRfc3339 } from './rfc3339.js';

describe('parseRfc3339', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-11-20T10:00:00.123456Z', 1795168800123456],
    ['2026-11-20T10:00:00.1234567899Z', 1795168800123456],
    ['2026-11-20t12:30:00+02:30', 1795168800000000],
    ['2026-11-20 05:00:00-05:00', 1795168800000000],
    ['2016-12-31T23:59:60Z', 1483228800000000],
    ['2024-02-29T00:00:00Z', 1709164800000000],
    ['0001-01-01T00:00:00Z', -62135596800000000],
    ['9999-12-31T23:59:59.999999Z', 253402300799999968],
  ])('reads %s', (text, micros) => {
    expect(parseRfc3339(text)).toBe(micros);
  });

  it.each([
    '',
    'now',
    '2026-11-20',
    '2026-11-20T10:00:00',
    '2026-11-20T10:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00+24:00',
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+12026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.Z',
    ' 2026-01-01T00:00:00Z',
    '２026-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });

  it('knows the days, hours and offsets that there are, and no others', () => {
    const upTo = (max: number) => fc.integer({ min: 0, max });
    const two = (n: number) => String(n).padStart(2, '0');
    const date = fc.tuple(
      fc.oneof(fc.constantFrom(1900, 2000, 2024), fc.integer({ min: 2, max: 9998 })),
      upTo(13),
      upTo(32),
    );
    const time = fc.tuple(upTo(25), upTo(61), upTo(61), fc.stringMatching(/^\d{1,9}$/));
    const offset = fc.tuple(fc.constantFrom('+', '-'), upTo(25), upTo(61));
    fc.assert(
      fc.property(
        date,
        time,
        offset,
        ([year, month, day], [hour, minute, second, fraction], [sign, h, m]) => {
          const midnight = new Date(0);
          midnight.setUTCFullYear(year, month - 1, day);
          const exists = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
          const isTime = hour < 24 && minute < 60 && second <= 60 && h < 24 && m < 60;
          const seconds = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second;
          const utc = sign === '+' ? seconds - h * 3600 - m * 60 : seconds + h * 3600 + m * 60;
          const micros = utc * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
          const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${fraction}${sign}${two(h)}:${two(m)}`;
          expect(parseRfc3339(text)).toBe(exists && isTime ? micros : null);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    [-62_135_629_139_000_000, '0001-01-01T00:00:00.000Z'],
    [253_402_300_800_000_000, '9999-12-31T23:59:59.999968Z'],
    [-Infinity, '0001-01-01T00:00:00.000Z'],
    [Infinity, '9999-12-31T23:59:59.999968Z'],
  ])('never sees a year past four digits: %d is written %s', (micros, text) => {
    expect(formatRfc3339(micros)).toBe(text);
  });

  it('reads back what formatRfc3339 writes, and agrees with Date', () => {
    const from = Date.parse('0001-01-01T00:00:00Z') * 1000;
    const to = Date.parse('9999-12-31T23:59:59.999Z') * 1000;
    // past 2^53 not every number is one: the last second, in the table above, would be rounded to the year 10000
    const time = fc
      .tuple(
        fc.integer({ min: from / 1e6, max: Math.floor(to / 1e6) - 1 }),
        fc.integer({ min: 0, max: 999_999 }),
      )
      .map(([seconds, micros]) => seconds * 1e6 + micros);
    fc.assert(
      fc.property(time, (micros) => {
        expect(parseRfc3339(formatRfc3339(micros))).toBe(micros);
        const rest = ((BigInt(micros) % 1000n) + 1000n) % 1000n;
        expect(Date.parse(formatRfc3339(micros))).toBe(Number((BigInt(micros) - rest) / 1000n));
      }),
      { numRuns: 1000 },
    );
  });
});
