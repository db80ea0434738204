import { bucketId, type BucketKey, type BucketRow } from '../../../core/counting/count-store.js';
import { ACCESS } from '../../../core/counting/kind.js';
import type { Tier } from '../../../core/counting/time-cover.js';
import { DAY_MS } from '../../../core/time.js';
import { date, micros, number, text, time, type Literal } from '../literals.js';

/*
 * Rows of access_rollups, the parts of buckets. A dimension's cells may be more than a client can be sent at once
 * (max_allowed_packet): 10,000 paths of 2,000 bytes. They are in several parts then.
 */

/** Characters of a dimension in a part: four columns of them, three bytes each, are well below 16 MB. */
const PART_CHARS = 500_000;

const quoted = (column: string): string => `\`${column}\``;

/** Columns of counts, in the order of the dimensions. */
export const COUNTS = ACCESS.dimensions.map(({ name }) => quoted(name));
/** Columns of histograms; null for a dimension that has none. */
export const HISTOGRAMS = ACCESS.dimensions.map(({ name, latencyTiers }) =>
  latencyTiers.length > 0 ? quoted(`${name}_latency`) : null,
);
export const CELLS = [...COUNTS, ...HISTOGRAMS.filter((column) => column !== null)].join(', ');
export const KEY = 'project_id, tier, bucket, day';

/** The key of a row of rollups, or of a sketch, as the database gives it. */
export interface StoredKey {
  project_id: number;
  tier: Tier;
  bucket: string;
  day: string;
}

export function bucketKey({ project_id: projectId, tier, bucket, day }: StoredKey): BucketKey {
  return { projectId, tier, bucket: micros(bucket), day: Date.parse(day) / DAY_MS };
}

export function storedId(key: StoredKey): string {
  return bucketId(bucketKey(key));
}

export function keyLiterals({ projectId, tier, bucket, day }: BucketKey): Literal[] {
  return [number(projectId), number(tier), time(bucket), date(day)];
}

/** For `where`: these buckets, each by the primary key. */
export function inBuckets(keys: readonly BucketKey[]): string {
  return keys
    .map(keyLiterals)
    .map(
      ([project, tier, bucket, day]) =>
        `(project_id = ${project} and tier = ${tier} and bucket = ${bucket} and day = ${day})`,
    )
    .join(' or ');
}

/** With the columns of cells by their names. */
export type StoredPart = StoredKey & Record<string, unknown>;

/** A part as a row of the bucket that it is of. */
export function bucketRow(key: BucketKey, part: StoredPart): BucketRow {
  const column = (name: string | null) => name && (part[name.slice(1, -1)] as string | null);
  return { ...key, counts: COUNTS.map(column), histograms: HISTOGRAMS.map(column) };
}

/** Rows as tuples of the key, the part and CELLS, after those parts that are stored, by `bucketId`. */
export function partLiterals(rows: readonly BucketRow[], stored: ReadonlyMap<string, number>): Literal[] {
  return rows.flatMap((row) => {
    const columns = [
      ...row.counts,
      ...row.histograms.filter((_, dimension) => HISTOGRAMS[dimension] !== null),
    ].map(pieces);
    const first = stored.get(bucketId(row)) ?? 0;
    const key = keyLiterals(row).join(',');
    return Array.from({ length: Math.max(1, ...columns.map(({ length }) => length)) }, (_, i) => {
      const cells = columns.map((column) => text(column[i] ?? null));
      return `(${key},${first + i},${cells.join(',')})`;
    });
  });
}

/** Arrays of whole cells; none for null. */
function pieces(json: string | null): string[] {
  if (json === null) return [];
  if (json.length <= PART_CHARS) return [json];
  const some: string[][] = [[]];
  let chars = 0;
  for (const cell of (JSON.parse(json) as unknown[]).map((one) => JSON.stringify(one))) {
    if (chars > 0 && chars + cell.length > PART_CHARS) {
      some.push([]);
      chars = 0;
    }
    some.at(-1)!.push(cell);
    chars += cell.length;
  }
  return some.map((one) => `[${one.join()}]`);
}
