import { rows, type Queryable } from '../../sql.js';

/** Gives the space of compacted deltas back, so that reading what is left stays cheap. Not inside a transaction. */
export async function vacuumDeltas(db: Queryable): Promise<void> {
  await rows(db, { text: 'vacuum (skip_locked, index_cleanup off) event_deltas' });
}
