import { LRUCache } from 'lru-cache';
import type { StoredSketch } from '../../../core/counting/count-store.js';
import type { Piece, Tier } from '../../../core/counting/time-cover.js';
import { SKETCH_HEADER_BYTES, UniqueSketch } from '../../../core/counting/unique-sketch.js';
import type { Micros } from '../../../core/time.js';

/** Users and sessions of an hour, a day, a week and a month take 10 MB, of a project that has very many. For each kind of record. */
const MOST_BYTES = 12 * 1024 * 1024;
/** Smaller ones are read as fast as they are found, and share memory with others. */
const LEAST_BYTES = 4 * 1024;

/** A sketch as a query gives it. */
export interface SketchRow {
  tier: Tier;
  bucket: Micros;
  /** null where only estimates were asked for. */
  version: string | null;
  /** null for one of an earlier form, which is read whole. */
  header: string | null;
  text: string | null;
  base64: string | null;
}

interface KeptSketch extends StoredSketch {
  tier: Tier;
}

/** What a query selects of a sketch: `stored` of its row, and of that, as `r`, what a SketchRow has. */
export interface SketchColumns {
  what: 'estimates' | 'sketches';
  stored: string;
  header: string;
  text: string;
  base64: string;
}

/**
 * A version of a row of sketches, in SQL: no other row, nor this one before or after it was written again, has the same. Ids of
 * transactions are compared of one row alone.
 */
const VERSION = `concat_ws(' ', project_id, kind, tier, bucket, day, part, xmin, ctid)`;

export const ESTIMATES: SketchColumns = {
  what: 'estimates',
  // each look at a value that lies elsewhere fetches it: once is enough
  stored: `null as version, ${headOf('sketch')} as head, sketch`,
  header: headerIn('r.head'),
  text: 'null',
  base64: `case when ${headerIn('r.head')} is null then encode(r.sketch, 'base64') end`,
};

/** But for those whose versions are parameter $5. Registers as text, which PostgreSQL outputs in a fraction of the time of bytea. */
export const SKETCHES: SketchColumns = {
  what: 'sketches',
  stored: `${VERSION} as version, case when ${VERSION} <> all ($5::text[]) then sketch || ''::bytea end as sketch`,
  header: headerIn(headOf('r.sketch')),
  text: `case when substring(r.sketch for 2) = '2R' then convert_from(r.sketch, 'UTF8') end`,
  base64: `case when substring(r.sketch for 2) <> '2R' then encode(r.sketch, 'base64') end`,
};

function headOf(sketch: string): string {
  return `substring(${sketch} for ${SKETCH_HEADER_BYTES})`;
}

function headerIn(head: string): string {
  return `case when substring(${head} for 1) = '2' then convert_from(${head}, 'UTF8') end`;
}

export function estimateIn(row: SketchRow): number {
  return row.header ? UniqueSketch.estimateOf(row.header) : UniqueSketch.fromBytes(bytesIn(row)).estimate();
}

export function sketchIn(row: SketchRow): KeptSketch {
  return { tier: row.tier, bucket: row.bucket, estimate: estimateIn(row), sketch: bytesIn(row) };
}

function bytesIn({ text, base64 }: SketchRow): Buffer {
  return text === null ? Buffer.from(base64!, 'base64') : Buffer.from(text, 'latin1');
}

/** Sketches as they were read last, by their version: most of a long window do not change from one question to the next. */
export class KeptSketches {
  private readonly sketches = new LRUCache<string, KeptSketch>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ sketch }) => sketch.length,
  });

  /** Those of a project that may be in these pieces of a window. */
  within(projectId: number, kind: string, pieces: readonly Piece[]): Map<string, KeptSketch> {
    const prefix = `${projectId} ${kind} `;
    const isIn = ({ tier, bucket }: KeptSketch) =>
      pieces.some((piece) => piece.tier === tier && piece.from <= bucket && bucket < piece.to);
    return new Map(
      [...this.sketches.entries()].filter(([version, sketch]) => version.startsWith(prefix) && isIn(sketch)),
    );
  }

  keep(sketches: ReadonlyMap<string, KeptSketch>): void {
    for (const [version, stored] of sketches) {
      if (stored.sketch.length >= LEAST_BYTES) this.sketches.set(version, stored);
    }
  }
}
