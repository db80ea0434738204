import { rows, type Queryable } from '../sql.js';

/** The project itself, with its keys; their sessions go with them. */
export async function deleteProject(db: Queryable, id: number): Promise<void> {
  await rows(db, { text: 'delete from api_keys where project_id = $1', values: [id] });
  await rows(db, { text: 'delete from projects where id = $1', values: [id] });
}
