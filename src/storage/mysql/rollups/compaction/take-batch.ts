import type { Session } from '../../sql.js';
import { BIN, DIMENSIONS, FAILED } from '../dimensions.js';

const COLUMNS = Object.values(DIMENSIONS)
  .map(({ name, value }) => `${value} as ${name}`)
  .join(', ');

/**
 * Moves the oldest `size` deltas into a temporary table of this session, access_batch, inside a transaction; gives how many there
 * were. By their ids and not by a range of them: one that is between them may not have been committed yet.
 * @throws BatchLostError where another process took some of them first.
 */
export async function takeBatch(db: Session, size: number): Promise<number> {
  const taken = await db.run(`
    create or replace temporary table access_batch (primary key (id)) engine = InnoDB as
    select id, project_id, day, latency_ms, ip as address, ${COLUMNS}, ${FAILED} as failed, ${BIN} as bin,
      timestamp - interval second(timestamp) second - interval microsecond(timestamp) microsecond as minute
    from access_deltas order by id limit ${size}`);
  const removed = await db.run('delete d from access_deltas d join access_batch b on b.id = d.id');
  if (removed !== taken) throw new BatchLostError();
  return taken;
}

/** Nothing was done: all of it is rolled back. */
export class BatchLostError extends Error {}
