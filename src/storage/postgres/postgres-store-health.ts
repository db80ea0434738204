import { StoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
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

export class PostgresStoreHealth extends StoreHealth {
  private readonly probe: Probe;

  constructor(private readonly database: Pick<Database, 'operations' | 'query'>) {
    super();
    this.probe = new Probe(async () => {
      const statement = { name: 'health.may-append', text: MAY_APPEND, values: [WRITTEN_TABLES] };
      const [{ may }] = await rows<{ may: boolean }>(database.operations, statement);
      return may;
    });
  }

  isUp(): Promise<boolean> {
    return this.probe.isUp();
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
