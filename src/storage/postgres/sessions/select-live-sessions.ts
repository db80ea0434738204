import type { NewSession } from '../../../core/session-store.js';
import { rows, type Queryable } from '../sql.js';

/** Sessions that may still be honoured. Whether one has ended meanwhile is judged by each request's clock. */
export async function selectLiveSessions(db: Queryable): Promise<NewSession[]> {
  const found = await rows<{ digest: string; key_id: string; expires_at: string }>(db, {
    text: `select encode(digest, 'hex') as digest, key_id, expires_at from sessions where expires_at > now()`,
  });
  return found.map(({ digest, key_id: keyId, expires_at: time }) => ({
    digest,
    keyId,
    expiresAt: Date.parse(time),
  }));
}
