import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';

/** Gives the space of compacted deltas back, so that reading what is left stays cheap. Not inside a transaction. */
export async function vacuumDeltas(db: Queryable, { deltas }: CountedSource): Promise<void> {
  await rows(db, { text: `vacuum (skip_locked, index_cleanup off) ${deltas}` });
}
