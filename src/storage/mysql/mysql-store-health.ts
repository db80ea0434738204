import {
  AccessStoreTables,
  tablesOf,
  type CatalogRow,
  type StoredTable,
} from '../../core/ports/store-tables.js';
import { ProbedHealth } from '../probe.js';
import type { Mysql } from './mysql.js';
import type { Sessions } from './sql.js';

/** What appends and counting write to. */
const TABLES = [
  ...['logs', 'answers', 'hours', 'blocks', 'totals', 'rollups', 'uniques'].map((name) => `access_${name}`),
  ...['ip_addresses', 'ip_counts', 'ip_registers'],
];

// A replica accepts writes from a user with READ ONLY ADMIN, and then diverges from its source: it must not be appended to.

// A table without partitions has one row here too.
const SELECT_TABLES = `
select table_name as table_name, partition_name as partition_name,
  if(partition_name regexp '^p[0-9]{8}$', date_format(str_to_date(substr(partition_name, 2), '%Y%m%d'), '%Y-%m-%d'), null) as day,
  cast(coalesce(data_length + index_length, 0) as signed) as bytes, cast(coalesce(table_rows, 0) as signed) as rows_estimated
from information_schema.partitions where table_schema = database()`;

const MAY_APPEND = `
select @@global.read_only = 0 and @@global.innodb_read_only = 0 and (
  select count(*) from information_schema.tables
  where table_schema = database() and table_name in (${TABLES.map((name) => `'${name}'`).join(', ')})
) = ${TABLES.length} as may`;

export class MysqlStoreHealth extends ProbedHealth {
  constructor(private readonly mysql: Pick<Mysql, 'operations' | 'query'>) {
    super();
  }

  protected async mayAppend(): Promise<boolean> {
    const [{ may }] = await this.mysql.operations.rows<{ may: number }>(MAY_APPEND);
    return may === 1;
  }

  // Without the free space inside the files: what the tables' statistics say.
  async sizeBytes(): Promise<number> {
    const [{ bytes }] = await this.mysql.query.rows<{ bytes: string | null }>(`
      select sum(data_length + index_length) as bytes from information_schema.tables where table_schema = database()`);
    return Number(bytes);
  }
}

/** Server settings that break the promise of a 2xx: a crash of the machine may lose committed data. */
export async function undurableSettings(db: Sessions): Promise<string[]> {
  const [found] = await db.rows<{ flush: number; doublewrite: number | string; method: string }>(`
    select @@innodb_flush_log_at_trx_commit as flush, @@innodb_doublewrite as doublewrite, @@innodb_flush_method as method`);
  const unsafe: string[] = [];
  if (found.flush !== 1) unsafe.push(`innodb_flush_log_at_trx_commit=${found.flush}`);
  if (found.doublewrite === 0 || found.doublewrite === 'OFF') unsafe.push('innodb_doublewrite=OFF');
  if (/nosync/i.test(found.method)) unsafe.push(`innodb_flush_method=${found.method}`);
  return unsafe;
}

/** The sizes of the tables, as InnoDB's statistics have them. */
export class MysqlStoreTables extends AccessStoreTables {
  constructor(private readonly mysql: Pick<Mysql, 'query'>) {
    super();
  }

  async tables(): Promise<StoredTable[]> {
    return tablesOf('mysql', await this.mysql.query.rows<CatalogRow>(SELECT_TABLES));
  }
}
