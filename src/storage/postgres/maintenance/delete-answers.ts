import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { rows, type Queryable } from '../sql.js';

/** Deletes the idempotency keys that have expired. */
export async function deleteAnswers(db: Queryable, now: Micros): Promise<void> {
  await rows(db, {
    text: 'delete from access_answers where expires_at <= $1::timestamptz',
    values: [formatRfc3339(now)],
  });
}
