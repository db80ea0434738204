import type { OnceRequest } from '../../../../core/access-store.js';
import { rows, type Queryable } from '../../sql.js';

/** Keeps what a request is answered with its key. */
export async function updateAnswer(
  db: Queryable,
  { projectId, key }: OnceRequest,
  answer: unknown,
): Promise<void> {
  await rows(db, {
    name: 'update_access_answer',
    text: `update access_answers set answer = $3::json where project_id = $1 and key = decode($2, 'hex')`,
    values: [projectId, key, JSON.stringify(answer)],
  });
}
