import { describe, expect, it } from 'vitest';
import { questionOf } from './explore-question.js';
import { exportUrl, pageUrl } from './list-url.js';

const question = questionOf(new URLSearchParams('event_name=a%26b&prop.x=&sort_order=asc'));
const fromMs = Date.UTC(2026, 10, 20);
const window = { fromMs, toMs: fromMs + 1 };

describe('the addresses of a list', () => {
  it('ask for a window, by the time of the events', () => {
    expect(pageUrl(question, window, 'shop', null)).toBe(
      '/api/v1/logs/filter?event_name=a%26b&prop.x=&time_field=timestamp&sort_by=timestamp&sort_order=asc' +
        '&start_time=2026-11-20T00%3A00%3A00.000Z&end_time=2026-11-20T00%3A00%3A00.001Z&project=shop&page_size=100',
    );
  });

  it('go on by cursor, and count once', () => {
    expect(pageUrl(question, window, undefined, '2.abc')).toMatch(
      /&end_time=2026-11-20T00%3A00%3A00.001Z&page_size=100&cursor=2.abc&count=none$/,
    );
  });

  it('export the same, at any time', () => {
    expect(exportUrl({ ...question, anyTime: true }, window, undefined, 'csv')).toBe(
      '/api/v1/logs/export?event_name=a%26b&prop.x=&time_field=timestamp&sort_by=timestamp&sort_order=asc&format=csv',
    );
  });
});
