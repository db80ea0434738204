import { rows, type Queryable } from '../sql.js';

export interface UpsertedProject {
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
