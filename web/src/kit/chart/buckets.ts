import { clock } from '../format.js';
import { bucketName, NEARLY_A_DAY_S } from './describe.js';

/** The points of a chart as stretches of time: where they begin, how long they are, and the window that was counted. */
export interface Buckets {
  times: readonly number[];
  stepS: number;
  /** Only what lies in it was counted. undefined: points are moments, not stretches. */
  counted?: { fromMs: number; toMs: number };
}

/** A bucket ends where the next one begins: a day may have 23 hours. */
export function endOf({ times, stepS }: Buckets, index: number): number {
  return index + 1 < times.length ? times[index + 1] : times[index] + stepS;
}

/** Where a line passes through a bucket: the middle of its counted part, so that the nearest point belongs to it. */
export function middleOf(buckets: Buckets, index: number): number {
  const { times, counted } = buckets;
  if (!counted) return times[index];
  const start = Math.max(times[index], counted.fromMs / 1000);
  return (start + Math.min(endOf(buckets, index), counted.toMs / 1000)) / 2;
}

/** Was it counted only in part: does it begin before the window, or has it not ended yet? */
function isCut(buckets: Buckets, index: number): boolean {
  const { times, counted } = buckets;
  if (!counted) return false;
  return times[index] * 1000 < counted.fromMs || endOf(buckets, index) * 1000 > counted.toMs;
}

/** The partly counted ones: the first, the last or both. */
export function cutBuckets(buckets: Buckets): number[] {
  const last = buckets.times.length - 1;
  return [...new Set(last < 0 ? [] : [0, last])].filter((index) => isCut(buckets, index));
}

/** "21 Nov, 10:00 – 11:00", and for a cut one which part of it was counted. */
export function bucketText(buckets: Buckets, index: number): string {
  const { times, stepS, counted } = buckets;
  const [start, end] = [times[index], endOf(buckets, index)];
  const name = bucketName(start, stepS);
  const span = stepS >= NEARLY_A_DAY_S || !counted ? name : `${name} – ${clock(end * 1000)}`;
  if (!counted || !isCut(buckets, index)) return span;
  const from = start * 1000 < counted.fromMs ? `from ${clock(counted.fromMs)}` : '';
  const to = end * 1000 > counted.toMs ? `until ${clock(counted.toMs)}` : '';
  return `${span} (only ${[from, to].filter(Boolean).join(' ')})`;
}
