import { rows, type Queryable } from '../sql.js';
import { toTime } from './key-row.js';

/** Names the successor of a key and lets it expire at `expiresAt` at the latest. */
export async function retireKey(
  db: Queryable,
  id: string,
  successorId: string,
  expiresAt: number,
): Promise<void> {
  await rows(db, {
    text: `update api_keys set successor_id = $2, expires_at = least(expires_at, $3::timestamptz) where id = $1`,
    values: [id, successorId, toTime(expiresAt)],
  });
}
