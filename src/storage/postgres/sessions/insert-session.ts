import type { NewSession } from '../../../core/session-store.js';
import { toTime } from '../keys/key-row.js';
import { rows, type Queryable } from '../sql.js';

/** The project of the session's key; null where there is no such key, or it is revoked. */
export async function insertSession(db: Queryable, session: NewSession): Promise<string | null> {
  const made = await rows<{ project: string }>(db, {
    text: `with honoured as (
        select k.id, p.name as project from api_keys k join projects p on p.id = k.project_id
        where k.id = $2 and k.revoked_at is null
      ), made as (
        insert into sessions (digest, key_id, expires_at) select decode($1, 'hex'), id, $3 from honoured
      )
      select project from honoured`,
    values: [session.digest, session.keyId, toTime(session.expiresAt)],
  });
  return made.length === 0 ? null : made[0].project;
}
