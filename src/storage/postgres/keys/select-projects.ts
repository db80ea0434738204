import { rows, type Queryable } from '../sql.js';

/** The id of every project, or of those that `ids` has, by name. */
export async function selectProjects(
  db: Queryable,
  ids: readonly number[] | null = null,
): Promise<Map<string, number>> {
  if (ids?.length === 0) return new Map();
  const found = await rows<{ id: number; name: string }>(db, {
    text: 'select id, name from projects where $1::integer[] is null or id = any ($1)',
    values: [ids],
  });
  return new Map(found.map((row) => [row.name, row.id]));
}
