import { describe, expect, it } from 'vitest';
import { failureOf } from './api-error.js';
import { keep, kept, forgetAnswers } from './kept-answers.js';
import { urlOf } from './params.js';
import { retryDelayMs } from './retry-delay.js';
import { noteServerClock, serverNowMs } from './server-clock.js';

describe('a failure', () => {
  it('is what the server says', () => {
    const body = {
      error: 'validation_error',
      message: 'Wrong',
      details: [{ field: 'interval', message: '1h fits' }],
      retryable: false,
      request_id: 'r1',
    };
    expect(failureOf(400, JSON.stringify(body), null)).toMatchObject({
      status: 400,
      code: 'validation_error',
      message: 'Wrong',
      details: body.details,
      retryable: false,
      requestId: 'r1',
    });
  });

  it('says when to come back', () => {
    expect(failureOf(429, '{"retryable":true}', '7')).toMatchObject({ retryable: true, retryAfterMs: 7_000 });
  });

  it.each(['<html>Bad gateway</html>', '', 'null', '[]', '{"error":5}'])(
    'of a proxy is told by its status: %s',
    (text) => {
      expect(failureOf(502, text, 'soon')).toMatchObject({
        code: 'http_502',
        retryable: true,
        retryAfterMs: null,
      });
    },
  );
});

describe('a question', () => {
  it('is the same URL in whatever order it is asked, without what is not asked', () => {
    expect(urlOf('/api/v1/stats', { type: 'logs', range: undefined, from: '' })).toBe(
      '/api/v1/stats?type=logs',
    );
    expect(urlOf('/a', { b: 1, a: true })).toBe(urlOf('/a', { a: true, b: 1 }));
  });

  it('is asked again later and later, or when the server says', () => {
    expect([0, 1, 2, 9].map((failures) => retryDelayMs(failures, null))).toEqual([
      1_000, 2_000, 4_000, 30_000,
    ]);
    expect(retryDelayMs(5, 250)).toBe(250);
  });
});

it('of answers the last hundred are kept, until somebody else logs in', () => {
  for (let n = 0; n < 101; n++) keep(`/${n}`, n);
  expect([kept('/0'), kept('/1'), kept('/100')]).toEqual([undefined, 1, 100]);
  forgetAnswers();
  expect(kept('/100')).toBeUndefined();
});

describe("the server's now", () => {
  const offset = () => Math.round((serverNowMs() - Date.now()) / 100) * 100;
  const answeredBy = (aheadMs: number) => {
    const now = Date.now();
    noteServerClock(new Date(now + aheadMs).toUTCString(), now, now);
  };

  it("is this machine's where the clocks agree as far as can be known", () => {
    answeredBy(0);
    noteServerClock(null, 0, 0);
    noteServerClock('soon', 0, 0);
    expect(offset()).toBe(0);
  });

  it.each([600_000, -600_000])("follows the server's clock where that is %d ms ahead", (aheadMs) => {
    answeredBy(aheadMs);
    expect(Math.abs(offset() - aheadMs)).toBeLessThanOrEqual(1_000);
    answeredBy(0);
    expect(Math.abs(offset())).toBeLessThanOrEqual(1_000);
  });
});
