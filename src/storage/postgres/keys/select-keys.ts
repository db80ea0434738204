import type { ListedKey } from '../../../core/key-store.js';
import { rows, type Queryable } from '../sql.js';
import { KEY_COLUMNS, toListedKey, type KeyRow } from './key-row.js';

export interface KeyQuestion {
  id?: string;
  digest?: string;
  project?: string | null;
  /** Keys that come after this one. */
  after?: KeyPosition | null;
  limit?: number;
}

/** Where a key stands in the order of its making. */
export interface KeyPosition {
  /** RFC 3339, with the microseconds. */
  createdAt: string;
  id: string;
}

/** Oldest first; what is absent does not narrow. */
export async function selectKeys(db: Queryable, question: KeyQuestion): Promise<ListedKey[]> {
  return (await selectKeyRows(db, question)).map(toListedKey);
}

export function selectKeyRows(
  db: Queryable,
  { id, digest, project, after, limit }: KeyQuestion,
): Promise<KeyRow[]> {
  return rows<KeyRow>(db, {
    text: `select ${KEY_COLUMNS} from api_keys k join projects p on p.id = k.project_id
      where ($1::uuid is null or k.id = $1)
        and ($2::text is null or k.digest = decode($2, 'hex'))
        and ($3::text is null or k.project_id = (select id from projects where name = $3))
        and ($4::timestamptz is null or (k.created_at, k.id) > ($4, $5::uuid))
      order by k.created_at, k.id limit $6`,
    values: [
      id ?? null,
      digest ?? null,
      project ?? null,
      after?.createdAt ?? null,
      after?.id ?? null,
      limit ?? null,
    ],
  });
}
