import { StoreHealth } from '../../core/store-health.js';
import { Probe } from '../probe.js';
import type { Database } from './database.js';
import { rows } from './sql.js';

export class PostgresStoreHealth extends StoreHealth {
  private readonly probe: Probe;

  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
    this.probe = new Probe(() => database.query.query('select 1'));
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
