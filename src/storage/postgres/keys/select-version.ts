import { rows, type Queryable } from '../sql.js';

export async function selectVersion(db: Queryable): Promise<number> {
  const [row] = await rows<{ version: number }>(db, {
    name: 'select_key_version',
    text: 'select version from api_key_version',
  });
  return row.version;
}
