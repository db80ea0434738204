import { describe, expect, it } from 'vitest';
import { TailInbox } from './tail-inbox.js';

function inboxOf(most: number, count: number): TailInbox {
  const inbox = new TailInbox(most);
  for (let n = 1; n <= count; n++) inbox.take(String(n));
  return inbox;
}

describe('TailInbox', () => {
  it('gives what came, oldest first, once', () => {
    const inbox = inboxOf(5, 3);
    expect(inbox.empty()).toEqual({ texts: ['1', '2', '3'], skipped: 0 });
    expect(inbox.empty()).toEqual({ texts: [], skipped: 0 });
  });

  it.each([6, 9, 10, 11, 10_003])('keeps the newest of %d, and counts the others', (count) => {
    const { texts, skipped } = inboxOf(5, count).empty();
    expect(texts).toEqual([4, 3, 2, 1, 0].map((before) => String(count - before)));
    expect(skipped).toBe(count - 5);
  });
});
