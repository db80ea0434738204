import { AccessStoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Mysql } from './mysql.js';

/** What appends and counting write to. */
const TABLES = [
  ...['logs', 'answers', 'hours', 'blocks', 'totals', 'rollups', 'uniques'].map((name) => `access_${name}`),
  ...['ip_addresses', 'ip_counts', 'ip_registers'],
];

// A replica takes writes from a user with READ ONLY ADMIN, and then differs from its source: it is none to append to.
const MAY_APPEND = `
select @@global.read_only = 0 and @@global.innodb_read_only = 0 and (
  select count(*) from information_schema.tables
  where table_schema = database() and table_name in (${TABLES.map((name) => `'${name}'`).join(', ')})
) = ${TABLES.length} as may`;

export class MysqlStoreHealth extends AccessStoreHealth {
  private readonly probe: Probe;

  constructor(private readonly mysql: Pick<Mysql, 'operations' | 'query'>) {
    super();
    this.probe = new Probe(async () => {
      const [{ may }] = await mysql.operations.rows<{ may: number }>(MAY_APPEND);
      return may === 1;
    });
  }

  isUp(): Promise<boolean> {
    return this.probe.isUp();
  }

  // Without the free space inside the files: what the tables' statistics say.
  async sizeBytes(): Promise<number> {
    const [{ bytes }] = await this.mysql.query.rows<{ bytes: string | null }>(`
      select sum(data_length + index_length) as bytes from information_schema.tables where table_schema = database()`);
    return Number(bytes);
  }
}
