import type { DataSource } from 'typeorm';

const OBJECTS = `
select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              pg_get_expr(d.adbin, d.adrelid)) as line
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')
union all select format('table %s %s %s %s', relname, relkind, reloptions, pg_get_partkeydef(oid))
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S', 'v', 'm')
union all select indexdef from pg_indexes where schemaname = 'public'
union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  from pg_constraint where connamespace = 'public'::regnamespace
union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
order by line`;

/** Everything in schema public, a line each: equal for equal schemas on one server. */
export async function schemaOf(source: DataSource): Promise<string[]> {
  const rows = await source.query<{ line: string }[]>(OBJECTS);
  return rows.map(({ line }) => line);
}
