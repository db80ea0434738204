import type { OnceRequest } from '../../../../core/access-store.js';
import { bytes, number, time } from '../../literals.js';
import type { Session } from '../../sql.js';

/** What is known of a request's key. */
export interface Claim {
  /** JSON; null where the key is this request's now. */
  answer: string | null;
  same_body: number;
}

/**
 * Takes a request's key, or gives what it was answered before. Waits for a transaction that has the same key in hand.
 * Assignments are made from left to right: the expiry goes last.
 */
export async function claimAnswer(db: Session, request: OnceRequest): Promise<Claim> {
  const { projectId, key, bodyDigest, expiresAtMs } = request;
  const digest = bytes(Buffer.from(bodyDigest, 'hex'));
  const expired = 'expires_at <= utc_timestamp(6)';
  const [claim] = await db.rows<Claim>(`
    insert into access_answers (project_id, answer_key, body_digest, expires_at)
    values (${number(projectId)}, ${bytes(Buffer.from(key, 'hex'))}, ${digest}, ${time(expiresAtMs * 1000)})
    on duplicate key update body_digest = if(${expired}, values(body_digest), body_digest),
      answer = if(${expired}, null, answer), expires_at = if(${expired}, values(expires_at), expires_at)
    returning answer, body_digest = ${digest} as same_body`);
  return claim;
}
