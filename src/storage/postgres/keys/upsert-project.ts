import { rows, type Queryable } from '../sql.js';

/** The id of the project of this name, made if there is none. */
export async function upsertProject(db: Queryable, name: string): Promise<number> {
  const [row] = await rows<{ id: number }>(db, {
    // a plain "do nothing" would return no row where the project is there
    text: `insert into projects (name) values ($1)
      on conflict (name) do update set name = excluded.name returning id`,
    values: [name],
  });
  return row.id;
}
