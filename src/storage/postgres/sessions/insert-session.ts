import type { NewSession } from '../../../core/session-store.js';
import { toTime } from '../keys/key-row.js';
import { rows, type Queryable } from '../sql.js';

/** False where there is no such key, or it is revoked. */
export async function insertSession(db: Queryable, session: NewSession): Promise<boolean> {
  const made = await rows(db, {
    text: `insert into sessions (digest, key_id, expires_at)
      select decode($1, 'hex'), id, $3 from api_keys where id = $2 and revoked_at is null
      returning key_id`,
    values: [session.digest, session.keyId, toTime(session.expiresAt)],
  });
  return made.length > 0;
}
