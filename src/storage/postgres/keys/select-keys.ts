import type { ListedKey } from '../../../core/key-store.js';
import { rows, type Queryable } from '../sql.js';
import { KEY_COLUMNS, toListedKey, type KeyRow } from './key-row.js';

export interface KeyQuestion {
  id?: string;
  digest?: string;
  project?: string | null;
}

/** Oldest first; what is absent does not narrow. */
export async function selectKeys(db: Queryable, { id, digest, project }: KeyQuestion): Promise<ListedKey[]> {
  const found = await rows<KeyRow>(db, {
    text: `select ${KEY_COLUMNS} from api_keys k join projects p on p.id = k.project_id
      where ($1::uuid is null or k.id = $1)
        and ($2::text is null or k.digest = decode($2, 'hex'))
        and ($3::text is null or p.name = $3)
      order by k.created_at, k.id`,
    values: [id ?? null, digest ?? null, project ?? null],
  });
  return found.map(toListedKey);
}
