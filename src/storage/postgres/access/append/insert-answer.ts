import type { OnceRequest } from '../../../../core/access-store.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { rows, type Queryable } from '../../sql.js';

const SQL = `
insert into access_answers as a (project_id, key, body_digest, expires_at)
values ($1, decode($2, 'hex'), decode($3, 'hex'), $4)
on conflict (project_id, key) do update
  set body_digest = excluded.body_digest, expires_at = excluded.expires_at, answer = null
  where a.expires_at <= clock_timestamp()
returning 1`;

/**
 * Takes a request's key; false where it was answered before. Waits for a transaction that has the same key in hand:
 * its commit makes this false, its end without one true.
 */
export async function insertAnswer(db: Queryable, request: OnceRequest): Promise<boolean> {
  const { projectId, key, bodyDigest, expiresAtMs } = request;
  const taken = await rows(db, {
    name: 'insert_access_answer',
    text: SQL,
    values: [projectId, key, bodyDigest, formatRfc3339(expiresAtMs * 1000)],
  });
  return taken.length > 0;
}
