import { rows, type Queryable } from '../sql.js';

/** The project itself, with its keys, whose ids are given; their sessions go with them. */
export async function deleteProject(db: Queryable, id: number): Promise<string[]> {
  const keys = await rows<{ id: string }>(db, {
    text: 'delete from api_keys where project_id = $1 returning id',
    values: [id],
  });
  await rows(db, { text: 'delete from projects where id = $1', values: [id] });
  return keys.map((key) => key.id);
}
