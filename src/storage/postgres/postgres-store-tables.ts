import { AccessStoreTables, tablesOf, type CatalogRow, type StoredTable } from '../../core/store-tables.js';
import type { Database } from './database.js';
import { rows } from './sql.js';

/** The sizes of Sightline's tables; they are files, so nothing is read but their lengths. */
export class PostgresStoreTables extends AccessStoreTables {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  async tables(): Promise<StoredTable[]> {
    return tablesOf('postgres', await rows<CatalogRow>(this.database.query, { text: SELECT_TABLES }));
  }
}

// The live count follows every commit, but is lost when the server crashes: then the planner's tells.
const SELECT_TABLES = `
select coalesce(parent.relname, c.relname)::text as table_name,
       case when parent.oid is not null then c.relname::text end as partition_name,
       case when parent.oid is not null then to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') end as day,
       coalesce(pg_total_relation_size(c.oid), 0) as bytes,
       greatest(coalesce(nullif(pg_stat_get_live_tuples(c.oid), 0), c.reltuples), 0)::bigint as rows_estimated
from pg_class c
left join pg_inherits i on i.inhrelid = c.oid
left join pg_class parent on parent.oid = i.inhparent
where c.relnamespace = (select relnamespace from pg_class where oid = 'events'::regclass) and c.relkind in ('r', 'p')`;
