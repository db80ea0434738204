import { describe, expect, it } from 'vitest';
import { originOf } from './request-origin.js';

function of(headers: Record<string, string>, protocol: 'http' | 'https' = 'http', host = 'stats.test:8080') {
  return originOf({ headers, protocol, host });
}

describe('originOf', () => {
  it('knows its own pages by their origin', () => {
    expect(of({ origin: 'http://stats.test:8080' })).toBe('own');
    expect(of({ origin: 'http://stats.test:8080', 'sec-fetch-site': 'same-origin' })).toBe('own');
    expect(of({ origin: 'http://stats.test' }, 'http', 'stats.test:80')).toBe('own');
    expect(of({ origin: 'https://stats.test' }, 'https', 'STATS.test')).toBe('own');
    expect(of({ origin: 'http://[::1]:8080' }, 'http', '[::1]:8080')).toBe('own');
  });

  it('takes a page over https for its own behind a proxy that ends TLS', () => {
    expect(of({ origin: 'https://stats.test' }, 'http', 'stats.test')).toBe('own');
  });

  it.each([
    'http://evil.test',
    'http://stats.test',
    'http://stats.test:8081',
    'http://stats.test:8080.evil.test',
    'http://stats.test:8080@evil.test',
    'http://evil.stats.test:8080',
    'http://stats.test:8080/',
    'ftp://stats.test:8080',
    'null',
    '',
  ])('is a stranger to %j', (origin) => {
    expect(of({ origin })).toBe('foreign');
  });

  it('does not take a page over http for its own where it is asked over https', () => {
    expect(of({ origin: 'http://stats.test' }, 'https', 'stats.test')).toBe('foreign');
  });

  it('believes Sec-Fetch-Site where there is no Origin', () => {
    expect(of({ 'sec-fetch-site': 'same-origin' })).toBe('own');
    expect(of({ 'sec-fetch-site': 'cross-site' })).toBe('foreign');
    expect(of({ 'sec-fetch-site': 'same-site' })).toBe('foreign');
    expect(of({ 'sec-fetch-site': 'none' })).toBe('untold');
    expect(of({})).toBe('untold');
  });

  it('believes neither alone where they disagree', () => {
    expect(of({ origin: 'http://stats.test:8080', 'sec-fetch-site': 'cross-site' })).toBe('foreign');
    expect(of({ origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' })).toBe('foreign');
  });

  it('has no own pages where Host is no host', () => {
    expect(of({ origin: 'http://stats.test:8080' }, 'http', '')).toBe('foreign');
    expect(of({ origin: 'http://stats.test:8080' }, 'http', 'a b')).toBe('foreign');
  });
});
