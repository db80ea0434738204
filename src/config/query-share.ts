import type { Config } from './settings.js';

type Limits = Pick<Config, 'dbMaxConnections' | 'ingestConnections'>;

/** Queries that may run while operations have a second connection. */
const QUERIES_BESIDE_TWO = 4;

/** How many of a process's connections to PostgreSQL each kind of work has; together DB_MAX_CONNECTIONS. */
export interface ConnectionShares {
  ingest: number;
  /** The probe, keys and sessions: short, and never to wait behind queries or appends. */
  operations: number;
  query: number;
}

export function connectionShares({ dbMaxConnections, ingestConnections }: Limits): ConnectionShares {
  const operations = dbMaxConnections - ingestConnections >= QUERIES_BESIDE_TWO + 2 ? 2 : 1;
  // of 3 connections, WORKER_POOL_SIZE's default would leave none for queries
  const ingest = Math.min(ingestConnections, dbMaxConnections - operations - 1);
  return { ingest, operations, query: dbMaxConnections - operations - ingest };
}

/** A share of the connections for queries: background reads must leave some to waiting clients. */
export function queryShare(limits: Limits, share: number): number {
  return Math.max(1, Math.floor(connectionShares(limits).query * share));
}
