import { AccessStoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Mysql } from './mysql.js';

export class MysqlStoreHealth extends AccessStoreHealth {
  private readonly probe: Probe;

  constructor(mysql: Pick<Mysql, 'query'>) {
    super();
    this.probe = new Probe(() => mysql.query.rows('select 1'));
  }

  isUp(): Promise<boolean> {
    return this.probe.isUp();
  }
}
