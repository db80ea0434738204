import { rows, type Queryable } from '../sql.js';

/** Revoking twice keeps the first time. */
export async function revokeKey(db: Queryable, id: string): Promise<void> {
  await rows(db, {
    text: 'update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1',
    values: [id],
  });
}
