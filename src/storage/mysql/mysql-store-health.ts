import { AccessStoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Mysql } from './mysql.js';

export class MysqlStoreHealth extends AccessStoreHealth {
  private readonly probe: Probe;

  constructor(private readonly mysql: Pick<Mysql, 'query'>) {
    super();
    this.probe = new Probe(() => mysql.query.rows('select 1'));
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
