import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import { ACCESS } from '../../core/counting/kind.js';
import { PendingBlocks } from '../../core/counting/pending-blocks.js';
import { AccessReader } from '../../core/ports/access-reader.js';
import { AccessHours, AccessStats } from '../../core/ports/access-stats.js';
import { AccessStore, AddressStore } from '../../core/ports/access-store.js';
import { AccessCounter } from '../../core/ports/record-counter.js';
import { AccessStoreHealth } from '../../core/ports/store-health.js';
import { AccessMaintenance } from '../../core/ports/store-maintenance.js';
import { AccessStoreTables } from '../../core/ports/store-tables.js';
import { AddressUpserts } from '../address-upserts.js';
import { Counter } from '../counting/counter.js';
import { RollupAccessStats } from '../counting/rollup-access-stats.js';
import { WindowCounts } from '../counting/window-counts.js';
import { providePorts, provideReaders } from '../implement.js';
import { MysqlAccessReader } from './access/mysql-access-reader.js';
import { MysqlAccessStore } from './access/mysql-access-store.js';
import { MysqlAddressStore } from './access/mysql-address-store.js';
import { MysqlAccessHours, type Projects } from './counting/mysql-access-hours.js';
import { MysqlCountStore } from './counting/mysql-count-store.js';
import { MysqlAccessMaintenance } from './maintenance/mysql-access-maintenance.js';
import { MysqlStoreHealth, MysqlStoreTables } from './mysql-store-health.js';
import { Mysql } from './mysql.js';
import { Partitions } from './partitions.js';

const implement = providePorts(Mysql);
const read = provideReaders(Mysql);

/** MariaDB behind the ports of access entries (ACCESS_STORE=mysql). The connections are opened and closed by whoever starts the application. */
@Global()
@Module({})
export class MysqlModule {
  /** @param projects where the names of projects are: in PostgreSQL. */
  static register(
    mysql: Mysql,
    { accessLogKeep: keep, uniqueIps }: Pick<Config, 'accessLogKeep' | 'uniqueIps'>,
    projects: Projects,
  ): DynamicModule {
    const addresses = new AddressUpserts(uniqueIps);
    const partitions = new Partitions(mysql.background);
    const pending = new PendingBlocks(ACCESS);
    const counted = new MysqlCountStore(mysql, projects);
    const windows = new WindowCounts(counted, pending);
    const options = { keep, addresses, partitions, pending };
    const ports = [
      implement(AccessStore, (mysql) => new MysqlAccessStore(mysql, options)),
      implement(AddressStore, (mysql) => new MysqlAddressStore(mysql, addresses)),
      read(AccessReader, (mysql) => new MysqlAccessReader(mysql, windows), ['hour']),
      read(AccessStats, (_, clock) => new RollupAccessStats(windows, clock)),
      implement(AccessCounter, () => new Counter(counted, pending)),
      implement(AccessHours, (mysql) => new MysqlAccessHours(mysql, projects)),
      implement(AccessMaintenance, (mysql) => new MysqlAccessMaintenance(mysql, partitions)),
      implement(AccessStoreHealth, (mysql) => new MysqlStoreHealth(mysql)),
      implement(AccessStoreTables, (mysql) => new MysqlStoreTables(mysql)),
    ];
    return {
      module: MysqlModule,
      providers: [{ provide: Mysql, useValue: mysql }, ...ports],
      exports: ports,
    };
  }
}
