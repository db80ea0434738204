import { AccessStoreTables, tablesOf, type CatalogRow, type StoredTable } from '../../core/store-tables.js';
import type { Mysql } from './mysql.js';

/** The sizes of the tables, as InnoDB's statistics have them. */
export class MysqlStoreTables extends AccessStoreTables {
  constructor(private readonly mysql: Pick<Mysql, 'query'>) {
    super();
  }

  async tables(): Promise<StoredTable[]> {
    return tablesOf('mysql', await this.mysql.query.rows<CatalogRow>(SELECT_TABLES));
  }
}

// A table without partitions has one row here too.
const SELECT_TABLES = `
select table_name as table_name, partition_name as partition_name,
  if(partition_name regexp '^p[0-9]{8}$', date_format(str_to_date(substr(partition_name, 2), '%Y%m%d'), '%Y-%m-%d'), null) as day,
  cast(coalesce(data_length + index_length, 0) as signed) as bytes, cast(coalesce(table_rows, 0) as signed) as rows_estimated
from information_schema.partitions where table_schema = database()`;
