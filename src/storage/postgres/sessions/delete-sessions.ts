import { rows, type Queryable } from '../sql.js';

export async function deleteSession(db: Queryable, digest: string): Promise<void> {
  await rows(db, { text: `delete from sessions where digest = decode($1, 'hex')`, values: [digest] });
}

/** Leaves a key the sessions that expire last, `keep` of them. */
export async function deleteSurplus(db: Queryable, keyId: string, keep: number): Promise<void> {
  await rows(db, {
    text: `delete from sessions where digest in (
        select digest from sessions where key_id = $1 order by expires_at desc, digest offset $2
      )`,
    values: [keyId, keep],
  });
}

export async function deleteExpired(db: Queryable): Promise<void> {
  await rows(db, { text: 'delete from sessions where expires_at <= now()' });
}
