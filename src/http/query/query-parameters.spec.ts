import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plusWarnings, withFewParameters } from './query-parameters.js';

const url = (parameters: number) =>
  `/api/v1/logs/filter?${Array.from({ length: parameters }, (_, i) => `prop.a${i}=1`).join('&')}`;

describe('parameters of a URL', () => {
  it.each(['/', '/logs?', `/${'a&'.repeat(300)}`, url(1), url(200), url(201)])(
    'stay as they are: %.40s',
    (text) => {
      expect(withFewParameters(text)).toBe(text);
    },
  );

  it('are left out where there are more than any route has, but not all that are too many', () => {
    expect(withFewParameters(url(1_100))).toBe(url(201));
    expect(withFewParameters(`/p?${'&'.repeat(9_000)}`)).toBe(`/p?${'&'.repeat(200)}`);
  });
});

describe('a + in a query that found nothing', () => {
  it.each([
    ['/f?app_version=2.0.0+6', ['app_version "2.0.0 6"']],
    ['/f?x=1&user_id=a%20+b&prop.a.b=1+1', ['user_id "a  b"', 'prop.a.b "1 1"']],
    ['/f?app_version=2.0.0%2B6', []],
    ['/f?event_name=a%20b', []],
    ['/f?start_time=2026-11-20T10:00:00+02:00', []],
    ['/f?a+b=1', []],
    ['/a+b', []],
    ['/f?user_id=%ff+', ['user_id "\ufffd "']],
    [undefined, []],
  ])('of %s is told', (url, told) => {
    const warnings = told.map((one) => {
      const [name, ...value] = one.split(' ');
      return `Parameter ${name}: + stands for a blank in a query, so ${value.join(' ')} was looked for; write %2B for a +`;
    });
    expect(plusWarnings(url)).toEqual(warnings);
  });

  it('is told in text that can be sent, whatever the query', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => {
        for (const warning of plusWarnings(`/f?${query}`)) expect(warning.isWellFormed()).toBe(true);
      }),
    );
  });
});
