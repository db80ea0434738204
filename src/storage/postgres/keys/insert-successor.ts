import { rows, type Queryable } from '../sql.js';

/** A key with the rights of key `id`, its time of expiry included: rotation renews the secret, never the right. */
export async function insertSuccessor(
  db: Queryable,
  id: string,
  successor: { digest: string; prefix: string },
): Promise<string> {
  const [row] = await rows<{ id: string }>(db, {
    text: `insert into api_keys (project_id, name, prefix, digest, scopes, expires_at, rate_limit_per_minute, self_rotate)
      select project_id, name, $3, decode($2, 'hex'), scopes, expires_at, rate_limit_per_minute, self_rotate
      from api_keys where id = $1 returning id`,
    values: [id, successor.digest, successor.prefix],
  });
  return row.id;
}
