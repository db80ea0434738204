import type { Micros } from '../../../../core/event.js';
import type { Session } from '../../sql.js';
import { pointOf } from '../window-sql.js';

/** A bucket's sketch, without the sketch. */
export interface SketchEstimate {
  point: number;
  estimate: number;
}

/** How many addresses each bucket has that is counted at a point. */
export function selectEstimates(
  db: Session,
  buckets: string,
  starts: readonly Micros[],
): Promise<SketchEstimate[]> {
  return db.rows(
    `select ${pointOf('bucket', starts)} as point, estimate from access_uniques where ${buckets}`,
  );
}

/** The sketches of buckets; `points` narrows them to those of some points. */
export function selectSketches(
  db: Session,
  buckets: string,
  starts: readonly Micros[],
  points?: readonly number[],
): Promise<{ point: number; sketch: Buffer }[]> {
  const point = pointOf('bucket', starts);
  const narrowed = points ? ` and ${point} in (${points.join(', ')})` : '';
  return db.rows(`select ${point} as point, sketch from access_uniques where ${buckets}${narrowed}`);
}

/** The addresses of deltas, by point. */
export function selectLooseHashes(
  db: Session,
  deltas: string,
  starts: readonly Micros[],
): Promise<{ point: number; hash: Buffer }[]> {
  return db.rows(`
    select distinct ${pointOf('timestamp', starts)} as point, ${hashOf('ip')} as hash
    from access_deltas where ${deltas} and ip is not null`);
}

/** 64 bits of an address, for the sketches. */
export function hashOf(column: string): string {
  return `unhex(left(md5(${column}), 16))`;
}
