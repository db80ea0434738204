import type { CountedKind } from '../../../core/counting/kind.js';
import { partitionDays, RECORDS } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';

/** The days of receipt that there is anything of, oldest first: also those whose entries are counted and not kept as rows. */
export async function storedDays(db: Queryable, { name }: CountedKind): Promise<string[]> {
  const counted = await rows<{ day: string }>(db, {
    text: `select distinct t.day
           from projects p cross join lateral (
             select day from ${name}_totals where project_id = p.id and dimension = 'all' and value = ''
           ) as t
           union select day from ${name}_pending`,
  });
  const days = new Set(counted.map(({ day }) => day));
  for (const day of await partitionDays(db, RECORDS[name])) days.add(day);
  return [...days].sort();
}
