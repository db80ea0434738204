import { expect, it } from 'vitest';
import { originText, outcomeText, type DeadLetter } from './letter.js';

const from = (index: number | null): DeadLetter =>
  ({
    origin: index === null ? null : { topic: 'clicks', topic_id: '', partition: 3, offset: 7, index },
  }) as DeadLetter;

it('tells where a letter came from', () => {
  expect(originText(from(null))).toBe('HTTP');
  expect(originText(from(0))).toBe('clicks, partition 3, offset 7');
  expect(originText(from(2))).toBe('clicks, partition 3, offset 7, record 3');
});

it('tells what a replay stored', () => {
  expect(outcomeText({ stored: 1, duplicates: 0, listed: 0 })).toBe('1 stored');
  expect(outcomeText({ stored: 0, duplicates: 2, listed: 3 })).toBe(
    '0 stored, 2 stored already, 3 listed as dead letters of their own',
  );
});
