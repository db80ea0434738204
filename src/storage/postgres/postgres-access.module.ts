import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import { ACCESS } from '../../core/counting/kind.js';
import { PendingBlocks } from '../../core/counting/pending-blocks.js';
import { AccessReader } from '../../core/ports/access-reader.js';
import { AccessHours, AccessStats } from '../../core/ports/access-stats.js';
import { AccessStore, AddressStore } from '../../core/ports/access-store.js';
import { AccessCounter } from '../../core/ports/record-counter.js';
import { AccessStoreHealth, StoreHealth } from '../../core/ports/store-health.js';
import { AccessMaintenance } from '../../core/ports/store-maintenance.js';
import { AccessStoreTables, StoreTables } from '../../core/ports/store-tables.js';
import { Counter } from '../counting/counter.js';
import { RollupAccessStats } from '../counting/rollup-access-stats.js';
import { WindowCounts } from '../counting/window-counts.js';
import { providePorts, provideReaders } from '../implement.js';
import { PostgresAccessReader } from './access/postgres-access-reader.js';
import { PostgresAccessStore } from './access/postgres-access-store.js';
import { PostgresAddressStore } from './access/postgres-address-store.js';
import { PostgresAddressUpserts } from './access/upsert-addresses.js';
import { PostgresAccessHours } from './counting/postgres-access-hours.js';
import { PostgresCountStore } from './counting/postgres-count-store.js';
import { Database } from './database.js';
import { PostgresAccessMaintenance } from './maintenance/postgres-access-maintenance.js';

const implement = providePorts(Database);
const read = provideReaders(Database);

/** PostgreSQL behind the ports of access entries (ACCESS_STORE=postgres). */
@Global()
@Module({})
export class PostgresAccessModule {
  static register(
    database: Database,
    { accessLogKeep: keep, uniqueIps }: Pick<Config, 'accessLogKeep' | 'uniqueIps'>,
  ): DynamicModule {
    const addresses = new PostgresAddressUpserts(uniqueIps);
    const pending = new PendingBlocks(ACCESS);
    const counted = new PostgresCountStore(database, ACCESS, null);
    const windows = new WindowCounts(counted, pending);
    const ports = [
      implement(AccessStore, (database) => new PostgresAccessStore(database, { keep, addresses, pending })),
      implement(AddressStore, (database) => new PostgresAddressStore(database, addresses)),
      read(AccessReader, (database) => new PostgresAccessReader(database, windows), ['hour']),
      read(AccessStats, (_, clock) => new RollupAccessStats(windows, clock)),
      implement(AccessCounter, () => new Counter(counted, pending)),
      implement(AccessHours, (database) => new PostgresAccessHours(database)),
      implement(AccessMaintenance, (database) => new PostgresAccessMaintenance(database)),
      // the same database: it is asked once
      { provide: AccessStoreHealth, useExisting: StoreHealth },
      { provide: AccessStoreTables, useExisting: StoreTables },
    ];
    return {
      module: PostgresAccessModule,
      providers: [{ provide: Database, useValue: database }, ...ports],
      exports: ports,
    };
  }
}
