import type { NewAccessEntry } from '../../src/core/access-entry.js';
import type { AccessMaintenance } from '../../src/core/access-maintenance.js';
import type { AccessReader } from '../../src/core/access-reader.js';
import type { AccessHours, AccessStats } from '../../src/core/access-stats.js';
import type { AccessStore, AddressStore } from '../../src/core/access-store.js';
import type { Clock } from '../../src/core/clock.js';
import { mysqlAccessStores } from './access-stores-mysql.js';
import { postgresAccessStores } from './access-stores-postgres.js';

/** What one process appends with, and how it counts addresses. */
export interface AccessProcess {
  store: AccessStore;
  addresses: AddressStore;
}

export interface AccessProcessOptions {
  keep?: 'all' | 'errors';
  uniqueIps?: 'exact' | 'approximate';
}

/** The ports of access entries on a fresh, migrated database; project 1 is there. */
export interface AccessStores {
  process(options?: AccessProcessOptions): AccessProcess;
  reader: AccessReader;
  stats(clock: Clock): AccessStats;
  hours: AccessHours;
  maintenance: AccessMaintenance;
  /** The id of a new project. */
  addProject(name: string): Promise<number>;
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
    noteIp: false,
    method: 'GET',
    path: '/',
    status: 200,
    latencyMs: 1.5,
    userAgent: 'curl/8',
    ...overrides,
  };
}
