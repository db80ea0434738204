import { StoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Database } from './database.js';

export class PostgresStoreHealth extends StoreHealth {
  private readonly probe: Probe;

  constructor(database: Database) {
    super();
    this.probe = new Probe(() => database.query.query('select 1'));
  }

  isUp(): Promise<boolean> {
    return this.probe.isUp();
  }
}
