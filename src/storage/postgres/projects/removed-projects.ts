import type { RemovedProject } from '../../../core/project-store.js';
import { rows, type Queryable } from '../sql.js';

export async function insertRemoved(db: Queryable, id: number): Promise<void> {
  await rows(db, { text: 'insert into removed_projects (id) values ($1)', values: [id] });
}

export async function selectRemoved(db: Queryable): Promise<RemovedProject[]> {
  const found = await rows<{ id: number; removed_at: string }>(db, {
    text: 'select id, removed_at from removed_projects order by id',
  });
  return found.map(({ id, removed_at }) => ({ id, removedAt: Date.parse(removed_at) }));
}

export async function deleteRemoved(db: Queryable, id: number): Promise<void> {
  await rows(db, { text: 'delete from removed_projects where id = $1', values: [id] });
}
