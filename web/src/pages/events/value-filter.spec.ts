import { describe, expect, it } from 'vitest';
import { ExactNumber } from './exact-json.js';
import { filterFor } from './value-filter.js';

describe('filterFor', () => {
  it.each([
    [['event_name'], 'tap', { name: 'event_name', value: 'tap' }],
    [['priority'], 'high', { name: 'priority', value: 'high' }],
    [['properties', 'cart', 'items'], 5, { name: 'prop.cart.items', value: '5' }],
    [['properties', 'ok'], false, { name: 'prop.ok', value: 'false' }],
    [['properties', 'none'], null, { name: 'prop.none', value: 'null' }],
    [['properties', 'text'], '', { name: 'prop.text', value: '' }],
    [
      ['properties', 'big'],
      new ExactNumber('12345678901234567890'),
      { name: 'prop.big', value: '12345678901234567890' },
    ],
    [['properties', 'tags', 'provider'], 'acme', { name: 'provider_name', value: 'acme' }],
    [['properties', 'tags', 'provider'], 7, { name: 'prop.tags.provider', value: '7' }],
    [['properties', '__proto__'], 'x', { name: 'prop.__proto__', value: 'x' }],
  ])('%j with %j', (path, value, filter) => {
    expect(filterFor(path, value)).toEqual(filter);
  });

  it.each([
    ['a field that the server does not compare', ['sequence_number'], 3],
    ['no user', ['user_id'], null],
    ['an object', ['properties', 'cart'], { items: 5 }],
    ['an item of an array', ['properties', 'list', 0], 1],
    ['a name with a dot', ['properties', 'a.b'], 1],
    ['an empty name', ['properties', ''], 1],
    ['the device', ['device_info', 'os'], 'iOS'],
    ['what is 33 deep', ['properties', ...Array.from({ length: 33 }, () => 'a')], 1],
  ])('none for %s', (_what, path, value) => {
    expect(filterFor(path, value)).toBeNull();
  });
});
