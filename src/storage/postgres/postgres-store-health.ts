import {
  AccessStoreTables,
  tablesOf,
  type CatalogRow,
  type StoredTable,
} from '../../core/ports/store-tables.js';
import { ProbedHealth } from '../probe.js';
import type { Database } from './database.js';
import { rows, type Queryable } from './sql.js';

const COUNTS = ['blocks', 'totals', 'rollups', 'uniques'];

/** The tables that a server writes to: appends, counting, keys. With one missing, some requests would fail at every attempt. */
export const WRITTEN_TABLES = [
  ...['events', 'event_keys', 'event_seen', ...COUNTS.map((name) => `event_${name}`)],
  ...['access_logs', 'access_answers', 'access_hours', ...COUNTS.map((name) => `access_${name}`)],
  ...['ip_addresses', 'ip_counts', 'ip_registers'],
  ...['projects', 'removed_projects', 'api_keys', 'api_key_version', 'key_changes', 'sessions', 'audit_log'],
  ...['maintenance_jobs', 'kafka_positions', 'dead_letters'],
];

// A server that is up may still be a standby, or have lost its tables. Catalogs only: no lock of a table is waited for.

const SQL = `
select name from pg_settings
where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'
order by name`;

const MAY_APPEND = `
select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
  and bool_and(coalesce(has_table_privilege(to_regclass(name), 'insert'), false)) as may
from unnest($1::text[]) as name`;

export class PostgresStoreHealth extends ProbedHealth {
  constructor(private readonly database: Pick<Database, 'operations' | 'query'>) {
    super();
  }

  protected async mayAppend(): Promise<boolean> {
    const statement = { name: 'health.may-append', text: MAY_APPEND, values: [WRITTEN_TABLES] };
    const [{ may }] = await rows<{ may: boolean }>(this.database.operations, statement);
    return may;
  }

  async sizeBytes(): Promise<number> {
    const [{ bytes }] = await rows<{ bytes: number }>(this.database.query, {
      text: 'select pg_database_size(current_database()) as bytes',
    });
    return bytes;
  }
}

/** Server settings that break the promise of a 2xx: a crash of the machine may lose committed data. */
export async function undurableSettings(db: Queryable): Promise<string[]> {
  const off = await rows<{ name: string }>(db, { text: SQL });
  return off.map(({ name }) => name);
}

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
