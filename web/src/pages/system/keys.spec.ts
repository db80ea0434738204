import { describe, expect, it } from 'vitest';
import { emptyKeyForm, keyFormProblems, keyRequest, type KeyForm } from './key-form.js';
import { sortedKeys, type KeyView } from './key-view.js';

const form = (change: Partial<KeyForm> = {}): KeyForm => ({
  ...emptyKeyForm('default'),
  name: 'ios app',
  ...change,
});
const NOW = Date.UTC(2026, 10, 21);

describe('the form of a new key', () => {
  it('asks for no more than what was filled in', () => {
    expect(keyRequest(form({ name: ' ios app ' }), NOW)).toEqual({
      name: 'ios app',
      project: 'default',
      scopes: ['ingest'],
    });
  });

  it('asks for all that was filled in', () => {
    const full = form({
      scopes: ['ingest', 'query'],
      expiresInDays: '30',
      perMinute: '0600',
      selfRotate: true,
    });
    expect(keyRequest(full, NOW)).toEqual({
      name: 'ios app',
      project: 'default',
      scopes: ['ingest', 'query'],
      expires_at: '2026-12-21T00:00:00.000Z',
      rate_limit_per_minute: 600,
      self_rotate: true,
    });
  });

  it.each([
    ['name', ' '],
    ['name', 'n'.repeat(101)],
    ['project', ''],
    ['project', '-x'],
    ['project', 'a b'],
    ['expiresInDays', '0'],
    ['expiresInDays', 'soon'],
    ['perMinute', '-1'],
    ['scopes', []],
  ] as const)('names what is wrong with %s %j', (field, value) => {
    expect(Object.keys(keyFormProblems(form({ [field]: value })))).toEqual([field]);
  });

  it('has no problem with what the server takes', () => {
    expect(keyFormProblems(form({ project: 'a.b_c-1', expiresInDays: '365', perMinute: '0.5e3' }))).toEqual(
      {},
    );
  });
});

describe('sortedKeys', () => {
  it('puts those that work first, the newest first', () => {
    const key = (id: string, state: KeyView['state'], day: number) =>
      ({ id, state, created_at: `2026-11-0${day}T00:00:00.000Z` }) as KeyView;
    const keys = [
      key('a', 'active', 1),
      key('b', 'revoked', 9),
      key('c', 'rotating', 3),
      key('d', 'expired', 4),
    ];
    expect(sortedKeys(keys).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd']);
  });
});
