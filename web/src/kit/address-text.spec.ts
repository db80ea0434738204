import { describe, expect, it } from 'vitest';
import { changedAddress, pageAddress } from './address-text.js';

describe('an address', () => {
  it('keeps what is not changed', () => {
    expect(changedAddress('/explore?event_type=error&range=week', { range: 'day' })).toBe(
      '/explore?event_type=error&range=day',
    );
  });

  it('loses what is changed to nothing, and its question mark with the last', () => {
    expect(changedAddress('/?range=week', { range: undefined })).toBe('/');
    expect(changedAddress('/?a=1&b=2', { a: '' })).toBe('/?b=2');
  });

  it('of another page has the window and the project, and no filter of this one', () => {
    const here = '/explore?project=shop&from=2026-11-20T00%3A00%3A00.000Z&user_id=u1';
    expect(pageAddress(here, '/')).toBe('/?from=2026-11-20T00%3A00%3A00.000Z&project=shop');
  });

  it('carries any text as a value', () => {
    const name = '<img src=x onerror=alert(1)>&a=b#c';
    const address = pageAddress('/', '/explore', { event_name: name });
    expect(new URL(address, 'http://-').searchParams.get('event_name')).toBe(name);
  });
});
