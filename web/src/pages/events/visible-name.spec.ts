import { visibleName } from './visible-name.js';

describe('visibleName', () => {
  it.each(['tap', '<img onerror>', 'שלום', '…', '🙂', ' a '])('leaves %j', (name) => {
    expect(visibleName(name)).toBe(name);
  });

  it('spells what cannot be seen', () => {
    expect(visibleName('\u200b\u200b')).toBe('"\\u200b\\u200b"');
    expect(visibleName(' ')).toBe('" "');
  });
});
