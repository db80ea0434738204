import { StoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Database } from './database.js';
import { rows } from './sql.js';

/** What appends write to. */
const TABLES = ['events', 'event_keys', 'event_deltas', 'access_logs', 'access_deltas', 'ip_addresses'];

// A server that is up may still be a standby, or have lost its tables. Catalogs only: no lock of a table is waited for.
const MAY_APPEND = `
select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
  and bool_and(coalesce(has_table_privilege(to_regclass(name), 'insert'), false)) as may
from unnest($1::text[]) as name`;

export class PostgresStoreHealth extends StoreHealth {
  private readonly probe: Probe;

  constructor(private readonly database: Pick<Database, 'operations' | 'query'>) {
    super();
    this.probe = new Probe(async () => {
      const statement = { name: 'health.may-append', text: MAY_APPEND, values: [TABLES] };
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
