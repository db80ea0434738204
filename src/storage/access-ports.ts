import { AccessReader } from '../core/access-reader.js';
import { AccessHours, AccessStats } from '../core/access-stats.js';
import { AccessStore, AddressStore } from '../core/access-store.js';
import { AccessCounter } from '../core/record-counter.js';
import { AccessStoreHealth } from '../core/store-health.js';
import { AccessMaintenance } from '../core/store-maintenance.js';
import { AccessStoreTables } from '../core/store-tables.js';

/** What the module of each store of access entries gives the application. */
export const ACCESS_PORTS = [
  AccessStore,
  AddressStore,
  AccessReader,
  AccessStats,
  AccessHours,
  AccessCounter,
  AccessMaintenance,
  AccessStoreHealth,
  AccessStoreTables,
];
