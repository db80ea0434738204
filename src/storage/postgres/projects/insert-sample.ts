import { rows, type Queryable } from '../sql.js';

/** The id of the new project; null where its name is taken. */
export async function insertSample(db: Queryable, name: string): Promise<number | null> {
  const made = await rows<{ id: number }>(db, {
    text: 'insert into projects (name, sample) values ($1, true) on conflict (name) do nothing returning id',
    values: [name],
  });
  return made.length === 0 ? null : made[0].id;
}
