import type { NewSession } from '../../../core/session-store.js';
import { rows, type Queryable } from '../sql.js';

/**
 * Sessions that may still be honoured: all, or those of `digests`. Whether one has ended meanwhile is judged by each request's
 * clock.
 */
export async function selectLiveSessions(
  db: Queryable,
  digests: readonly string[] | null = null,
): Promise<NewSession[]> {
  if (digests?.length === 0) return [];
  const found = await rows<{ digest: string; key_id: string; expires_at: string }>(db, {
    text: `select encode(digest, 'hex') as digest, key_id, expires_at from sessions
      where expires_at > now()
        and ($1::text[] is null or digest = any (array(select decode(d, 'hex') from unnest($1::text[]) as d)))`,
    values: [digests],
  });
  return found.map(({ digest, key_id: keyId, expires_at: time }) => ({
    digest,
    keyId,
    expiresAt: Date.parse(time),
  }));
}
