import type { CountStore } from '../../src/core/counting/count-store.js';
import { ACCESS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { AccessReader } from '../../src/core/ports/access-reader.js';
import type { AccessHours, AccessStats } from '../../src/core/ports/access-stats.js';
import type { AccessStore, AddressStore } from '../../src/core/ports/access-store.js';
import type { Clock } from '../../src/core/ports/clock.js';
import type { AccessCounter } from '../../src/core/ports/record-counter.js';
import type { AccessMaintenance } from '../../src/core/ports/store-maintenance.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import { Counter, type CounterLimits } from '../../src/storage/counting/counter.js';
import { RollupAccessStats } from '../../src/storage/counting/rollup-access-stats.js';
import { WindowCounts } from '../../src/storage/counting/window-counts.js';
import { mysqlAccessStores } from './access-stores-mysql.js';
import { postgresAccessStores } from './access-stores-postgres.js';

/** On either database. */
export const ACCESS_TABLES = [
  'access_logs',
  'access_blocks',
  'access_totals',
  'access_rollups',
  'access_uniques',
  'access_hours',
  'ip_addresses',
  'ip_counts',
  'ip_registers',
  'access_answers',
];

/** What one process appends with, how it counts, and addresses too. */
export interface AccessProcess extends AccessCounting {
  store: AccessStore;
  addresses: AddressStore;
}

/** What one process counts and is asked for counts with. */
export interface AccessCounting {
  pending: PendingBlocks;
  windows: WindowCounts;
  stats(clock: Clock): AccessStats;
  counter: AccessCounter;
}

export function accessCounting(counted: CountStore, limits: Partial<CounterLimits> = {}): AccessCounting {
  const pending = new PendingBlocks(ACCESS);
  const windows = new WindowCounts(counted, pending);
  return {
    pending,
    windows,
    stats: (clock) => new RollupAccessStats(windows, clock),
    counter: new Counter(counted, pending, limits),
  };
}

export interface AccessProcessOptions extends Partial<CounterLimits> {
  keep?: 'all' | 'errors';
  uniqueIps?: 'exact' | 'approximate';
}

/** The ports of access entries on a fresh, migrated database; project 1 is there. */
export interface AccessStores {
  process(options?: AccessProcessOptions): AccessProcess;
  counted: CountStore;
  reader: AccessReader;
  /** Of a process that appends nothing, as are the reader and the counter. */
  stats(clock: Clock): AccessStats;
  counter: AccessCounter;
  hours: AccessHours;
  maintenance: AccessMaintenance;
  /** The id of a new project. */
  addProject(name: string): Promise<number>;
  /** It is one no more; its entries are there still. */
  forgetProject(id: number): Promise<void>;
  /** Any statement; tables and columns have the same names in all databases. */
  sql<Row>(text: string): Promise<Row[]>;
  count(from: string): Promise<number>;
  /** Deletes everything that was stored. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Of the database that TEST_ACCESS_STORE names; PostgreSQL by default. */
export function openAccessStores(): Promise<AccessStores> {
  return process.env.TEST_ACCESS_STORE === 'mysql' ? mysqlAccessStores() : postgresAccessStores();
}

/** A prepared entry of project 1, received now from an address that is known. */
export function newAccessEntry(overrides: Partial<NewAccessEntry> = {}): NewAccessEntry {
  const createdAt = overrides.createdAt ?? Date.now() * 1000;
  return {
    projectId: 1,
    timestamp: createdAt,
    reportedTimestamp: null,
    createdAt,
    ip: '192.0.2.1',
    upsertIp: false,
    method: 'GET',
    path: '/',
    status: 200,
    latencyMs: 1.5,
    userAgent: 'curl/8',
    ...overrides,
  };
}
