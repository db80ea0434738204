import type { OnceRequest } from '../../../../core/access-store.js';
import { bytes, number, text } from '../../literals.js';
import type { Session } from '../../sql.js';

/** Keeps what a request is answered with its key. */
export async function updateAnswer(
  db: Session,
  { projectId, key }: OnceRequest,
  answer: unknown,
): Promise<void> {
  await db.run(`update access_answers set answer = ${text(JSON.stringify(answer))}
    where project_id = ${number(projectId)} and answer_key = ${bytes(Buffer.from(key, 'hex'))}`);
}
