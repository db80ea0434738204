import type { OnceRequest } from '../../../../core/access-store.js';
import { rows, type Queryable } from '../../sql.js';

/** What a request was answered. insertAnswer has found its key, and locks it against being forgotten meanwhile. */
export async function selectAnswer(
  db: Queryable,
  { projectId, key, bodyDigest }: OnceRequest,
): Promise<{ answer: unknown; same_body: boolean }> {
  const [found] = await rows<{ answer: unknown; same_body: boolean }>(db, {
    name: 'select_access_answer',
    text: `select answer, body_digest = decode($3, 'hex') as same_body
           from access_answers where project_id = $1 and key = decode($2, 'hex')`,
    values: [projectId, key, bodyDigest],
  });
  return found;
}
