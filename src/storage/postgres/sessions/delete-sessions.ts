import { rows, type Queryable } from '../sql.js';

/** The project of the session's key; null where there is no such session. */
export async function deleteSession(db: Queryable, digest: string): Promise<string | null> {
  const gone = await rows<{ project: string }>(db, {
    text: `delete from sessions s using api_keys k, projects p
      where s.digest = decode($1, 'hex') and k.id = s.key_id and p.id = k.project_id
      returning p.name as project`,
    values: [digest],
  });
  return gone.length === 0 ? null : gone[0].project;
}

/** Leaves a key the sessions that expire last, `keep` of them; gives the digests of the others. */
export async function deleteSurplus(db: Queryable, keyId: string, keep: number): Promise<string[]> {
  const gone = await rows<{ digest: string }>(db, {
    text: `delete from sessions where digest in (
        select digest from sessions where key_id = $1 order by expires_at desc, digest offset $2
      ) returning encode(digest, 'hex') as digest`,
    values: [keyId, keep],
  });
  return gone.map(({ digest }) => digest);
}

export async function deleteExpired(db: Queryable): Promise<void> {
  await rows(db, { text: 'delete from sessions where expires_at <= now()' });
}
