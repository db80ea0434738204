import type { Micros } from '../../../../core/event.js';
import type { Tier } from '../../../../core/time-cover.js';
import { micros, number, text, time } from '../../literals.js';

/** The primary key of access_latency and access_uniques. */
export interface BucketKey {
  projectId: number;
  tier: Tier;
  bucket: Micros;
  /** `YYYY-MM-DD` of receipt. */
  day: string;
}

/** What was found of one minute. */
export interface OfMinute {
  project_id: number;
  day: string;
  minute: string;
}

const MINUTE_MICROS = 60_000_000;
/** Buckets that are read, merged and written at once: a sketch has up to 80 kB. */
const CHUNK = 100;

/** What is found of minutes, by the buckets of these tiers that they belong to; minute buckets before `firstMinute` are left out. */
export function byBucket<Found extends OfMinute>(
  found: readonly Found[],
  tiers: readonly Tier[],
  firstMinute: Micros,
): { key: BucketKey; parts: Found[] }[] {
  const buckets = new Map<string, { key: BucketKey; parts: Found[] }>();
  for (const part of found) {
    const minute = micros(part.minute);
    for (const tier of tiers) {
      if (tier === 1 && minute < firstMinute) continue;
      const bucket = minute - modulo(minute, tier * MINUTE_MICROS);
      const id = `${part.project_id} ${tier} ${bucket} ${part.day}`;
      const known = buckets.get(id);
      if (known) known.parts.push(part);
      else
        buckets.set(id, { key: { projectId: part.project_id, tier, bucket, day: part.day }, parts: [part] });
    }
  }
  return [...buckets.values()];
}

export function* chunks<Item>(items: readonly Item[]): Iterable<Item[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK);
}

/** For `where`: these buckets, each by the primary key. */
export function inBuckets(keys: readonly BucketKey[]): string {
  return keys
    .map(
      ({ projectId, tier, bucket, day }) =>
        `project_id = ${number(projectId)} and tier = ${tier} and bucket = ${time(bucket)} and day = ${text(day)}`,
    )
    .map((condition) => `(${condition})`)
    .join(' or ');
}

export function keyLiterals({ projectId, tier, bucket, day }: BucketKey): string[] {
  return [number(projectId), number(tier), time(bucket), text(day)];
}

export const KEY_COLUMNS = 'project_id, tier, bucket, day';

/** A row's key, to find it by. */
export function idOf({ projectId, tier, bucket, day }: BucketKey): string {
  return `${projectId} ${tier} ${bucket} ${day}`;
}

export function keyOf(row: { project_id: number; tier: Tier; bucket: string; day: string }): BucketKey {
  return { projectId: row.project_id, tier: row.tier, bucket: micros(row.bucket), day: row.day };
}

// before 1970 too
function modulo(value: number, width: number): number {
  return ((value % width) + width) % width;
}
