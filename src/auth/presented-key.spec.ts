import { describe, expect, it } from 'vitest';
import { presentedKey } from './presented-key.js';

describe('presentedKey', () => {
  it.each([
    [['X-API-Key', 'K']],
    [['x-api-key', ' K ']],
    [['Authorization', 'Bearer K']],
    [['authorization', 'bEARER   K']],
    [['Authorization', 'K']],
    [['Host', 'x', 'X-API-Key', 'K', 'Authorization', 'Bearer K', 'x-api-key', 'K']],
    [['X-API-Key', 'K', 'Authorization', 'Basic dXNlcjpwYXNz']],
  ])('reads %j', (headers) => {
    expect(presentedKey(headers, {})).toEqual({ key: 'K' });
  });

  it.each([
    [[]],
    [['Host', 'x']],
    [['Authorization', 'Basic dXNlcjpwYXNz']],
    [['Authorization', 'Digest a="b", c="d"']],
  ])('finds none in %j', (headers) => {
    expect(presentedKey(headers, { limit: '5' })).toBe('none');
  });

  it.each([
    [['X-API-Key', 'K', 'X-API-Key', 'L']],
    [['X-API-Key', 'K', 'Authorization', 'Bearer L']],
    [['Authorization', 'Bearer K', 'Authorization', 'Bearer L']],
    [['X-API-Key', '']],
    [['Authorization', 'Bearer']],
    [['X-API-Key', 'K'.repeat(257)]],
  ])('refuses %j', (headers) => {
    expect(presentedKey(headers, {})).toBe('refused');
  });

  it.each(['api_key', 'apikey', 'key', 'x-api-key', 'access_token', 'token', 'API_KEY', 'X-Api-Key'])(
    'refuses a key in the query string as %s, also beside a good header',
    (name) => {
      expect(presentedKey(['X-API-Key', 'K'], { [name]: 'K' })).toBe('refused');
    },
  );
});
