import { rows, type Queryable } from '../../sql.js';

/**
 * The transactions that are storing events now. Whoever takes an id holds this lock before it does, until what it stored
 * can be seen. Running transaction ids (`pg_current_snapshot()`) would not tell: an id is taken before its transaction has
 * one, and reports, dumps and other databases would count as writers.
 */
export async function selectWriters(db: Queryable): Promise<Set<string>> {
  const text = `
    select distinct virtualtransaction as writer
    from pg_locks
    where locktype = 'relation' and relation = 'event_keys'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`;
  const found = await rows<{ writer: string }>(db, { text });
  return new Set(found.map(({ writer }) => writer));
}
