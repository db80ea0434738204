import { rows, type Queryable } from '../sql.js';

export async function selectProjects(db: Queryable): Promise<Map<string, number>> {
  const found = await rows<{ id: number; name: string }>(db, { text: 'select id, name from projects' });
  return new Map(found.map((row) => [row.name, row.id]));
}
