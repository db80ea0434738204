import type { Top } from '../../kit/api/answers.js';
import { span } from '../../kit/format.js';
import type { TimeWindow } from '../../kit/window.js';

const MINUTE_MS = 60_000;

/** Paths, addresses and user agents are counted by whole hours: says which, where that is far from what was asked for. */
export function countedNote(
  { from, to }: Pick<Top, 'from' | 'to'>,
  { fromMs, toMs }: TimeWindow,
  nowMs: number,
): string | undefined {
  const [first, last] = [Date.parse(from), Math.min(Date.parse(to), nowMs)];
  const more = Math.abs(fromMs - first) + Math.max(0, last - toMs);
  if (more < 2 * MINUTE_MS || more * 20 < toMs - fromMs) return undefined;
  return `whole hours: ${span(first, last)}`;
}
