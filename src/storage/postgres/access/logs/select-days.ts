import { rows, type Queryable } from '../../sql.js';

/** The UTC days of receipt that there are entries of, newest first; those of days to come have a partition and nothing in it. */
export async function selectDays(db: Queryable): Promise<string[]> {
  const found = await rows<{ day: string }>(db, {
    name: 'select_access_days',
    text: `select to_date(right(relname, 8), 'YYYYMMDD') as day
           from pg_inherits join pg_class on oid = inhrelid
           where inhparent = 'access_logs'::regclass and pg_relation_size(inhrelid) > 0
           order by day desc`,
  });
  return found.map(({ day }) => day);
}
