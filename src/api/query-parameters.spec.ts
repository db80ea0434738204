import { describe, expect, it } from '@jest/globals';
import { withFewParameters } from './query-parameters.js';

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
