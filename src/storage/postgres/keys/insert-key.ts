import type { NewKey } from '../../../core/key-store.js';
import { rows, type Queryable } from '../sql.js';
import { toTime } from './key-row.js';

/** The id of the new key; null if its digest is known already. */
export async function insertKey(db: Queryable, projectId: number, key: NewKey): Promise<string | null> {
  const made = await rows<{ id: string }>(db, {
    text: `insert into api_keys (project_id, name, prefix, digest, scopes, expires_at, rate_limit_per_minute, self_rotate)
      values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8)
      on conflict (digest) do nothing returning id`,
    values: [
      projectId,
      key.name,
      key.prefix,
      key.digest,
      key.scopes,
      toTime(key.expiresAt),
      key.rateLimitPerMinute,
      key.selfRotate,
    ],
  });
  return made.length === 0 ? null : made[0].id;
}
