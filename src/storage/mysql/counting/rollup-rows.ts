import type { BucketKey, BucketRow } from '../../../core/count-store.js';
import { ACCESS } from '../../../core/counting/kind.js';
import type { Tier } from '../../../core/time-cover.js';
import { date, micros, number, text, time, type Literal } from '../literals.js';

/*
 * Rows of access_rollups. A dimension's cells may be more than a client can be sent at once (max_allowed_packet): 10,000 paths of
 * 2,000 bytes. They are in several rows then, its parts, each a JSON array of whole cells.
 */

/** Characters of a part: four columns of them, three bytes each, are well below 16 MB. */
const PART_CHARS = 500_000;
const NO_CELLS = '[]';
const DAY_MS = 86_400_000;

const quoted = (column: string): string => `\`${column}\``;

/** Columns of counts, in the order of the dimensions. */
export const COUNTS = ACCESS.dimensions.map(({ name }) => quoted(name));
/** Columns of histograms; null for a dimension that has none. */
export const HISTOGRAMS = ACCESS.dimensions.map(({ name, latencyTiers }) =>
  latencyTiers.length > 0 ? quoted(`${name}_latency`) : null,
);
const CELLS = [...COUNTS, ...HISTOGRAMS.filter((column) => column !== null)];
const KEY = 'project_id, tier, bucket, day';

/** The key of a row of rollups, or of a sketch, as the database gives it. */
export interface StoredKey {
  project_id: number;
  tier: Tier;
  bucket: string;
  day: string;
}

/** A row's key, to find it by. */
export function idOf({ projectId, tier, bucket, day }: BucketKey): string {
  return `${projectId} ${tier} ${bucket} ${day}`;
}

export function storedId({ project_id, tier, bucket, day }: StoredKey): string {
  return `${project_id} ${tier} ${micros(bucket)} ${Date.parse(day) / DAY_MS}`;
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
export type StoredParts = StoredKey & { part: number };

export function selectParts(keys: readonly BucketKey[]): string {
  return `select ${KEY}, part, ${CELLS.join(', ')} from access_rollups where ${inBuckets(keys)}`;
}

/** Rows of what `selectParts` found, in the order of their keys; null where there is none. */
export function rowsOf(keys: readonly BucketKey[], found: readonly StoredParts[]): (BucketRow | null)[] {
  const byId = Map.groupBy(found, storedId);
  return keys.map((key) => {
    const parts = byId.get(idOf(key))?.sort((a, b) => a.part - b.part);
    if (!parts) return null;
    const column = (name: string): string | null =>
      joined(parts.map((part) => (part as unknown as Record<string, string | null>)[name.slice(1, -1)]));
    return { ...key, counts: COUNTS.map(column), histograms: HISTOGRAMS.map((name) => name && column(name)) };
  });
}

/** How many parts rows have that have more than one. */
export function selectPartCounts(keys: readonly BucketKey[]): string {
  return `select ${KEY}, max(part) + 1 as parts from access_rollups where part > 0 and (${inBuckets(keys)}) group by ${KEY}`;
}

/** Rows as tuples for `putParts`; `stored` is how many parts each has by now, which are emptied where they are no longer needed. */
export function partLiterals(rows: readonly BucketRow[], stored: ReadonlyMap<string, number>): Literal[] {
  return rows.flatMap((row) => {
    const columns = [
      ...row.counts,
      ...row.histograms.filter((_, dimension) => HISTOGRAMS[dimension] !== null),
    ].map(partsOf);
    const count = Math.max(1, stored.get(idOf(row)) ?? 1, ...columns.map((parts) => parts.length));
    const key = keyLiterals(row).join(',');
    return Array.from({ length: count }, (_, part) => {
      const cells = columns.map((parts) => text(parts.length === 0 ? null : (parts[part] ?? NO_CELLS)));
      return `(${key},${part},${cells.join(',')})`;
    });
  });
}

export function putParts(literals: readonly Literal[]): string {
  return `
    insert into access_rollups (${KEY}, part, ${CELLS.join(', ')}) values ${literals.join(',')}
    on duplicate key update ${CELLS.map((column) => `${column} = coalesce(values(${column}), ${column})`).join(', ')}`;
}

function joined(parts: readonly (string | null)[]): string | null {
  const some = parts.filter((part) => part !== null);
  if (some.length <= 1) return some[0] ?? null;
  const cells = some.filter((part) => part !== NO_CELLS).map((part) => part.slice(1, -1));
  return `[${cells.join()}]`;
}

/** None for null. */
function partsOf(json: string | null): string[] {
  if (json === null) return [];
  if (json.length <= PART_CHARS) return [json];
  const parts: string[][] = [[]];
  let chars = 0;
  for (const cell of (JSON.parse(json) as unknown[]).map((one) => JSON.stringify(one))) {
    if (chars > 0 && chars + cell.length > PART_CHARS) {
      parts.push([]);
      chars = 0;
    }
    parts.at(-1)!.push(cell);
    chars += cell.length;
  }
  return parts.map((part) => `[${part.join()}]`);
}
