import { rows, type Queryable } from './sql.js';

const SQL = `
select name from pg_settings
where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'
order by name`;

/** Settings of the server that break the promise of a 2xx: a crash of its machine may lose what was committed. */
export async function undurableSettings(db: Queryable): Promise<string[]> {
  const off = await rows<{ name: string }>(db, { text: SQL });
  return off.map(({ name }) => name);
}
