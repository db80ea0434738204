import type { ApiKey } from '../../../core/api-key.js';
import { rows, type Queryable } from '../sql.js';
import { KEY_COLUMNS, toListedKey, type KeyRow } from './key-row.js';

/**
 * Keys that may still be honoured, by digest in hex: all, or those of `ids`. Whether one has expired is judged by each request's
 * clock.
 */
export async function selectLiveKeys(
  db: Queryable,
  ids: readonly string[] | null = null,
): Promise<Map<string, ApiKey>> {
  if (ids?.length === 0) return new Map();
  const found = await rows<KeyRow & { digest: string }>(db, {
    text: `select ${KEY_COLUMNS}, encode(k.digest, 'hex') as digest
      from api_keys k join projects p on p.id = k.project_id
      where k.revoked_at is null and (k.expires_at is null or k.expires_at > now() - interval '1 day')
        and ($1::uuid[] is null or k.id = any ($1))`,
    values: [ids],
  });
  return new Map(found.map((row) => [row.digest, toListedKey(row)]));
}
