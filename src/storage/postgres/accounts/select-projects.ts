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

interface UpsertedProject {
  id: number;
  /** There was none of this name. */
  made: boolean;
}

export async function upsertProject(db: Queryable, name: string): Promise<UpsertedProject> {
  const [row] = await rows<UpsertedProject>(db, {
    // A plain "do nothing" would return no row where the project is there. xmax is 0 in a row that was inserted.
    text: `insert into projects (name) values ($1)
      on conflict (name) do update set name = excluded.name returning id, xmax = 0 as made`,
    values: [name],
  });
  return row;
}
