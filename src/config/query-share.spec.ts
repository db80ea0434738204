import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectionShares, queryShare } from './query-share.js';

it.each([
  [3, 1, { ingest: 1, operations: 1, query: 1 }],
  [3, 2, { ingest: 1, operations: 1, query: 1 }],
  [6, 2, { ingest: 2, operations: 1, query: 3 }],
  [10, 2, { ingest: 2, operations: 2, query: 6 }],
  [10, 9, { ingest: 8, operations: 1, query: 1 }],
])('%i connections, WORKER_POOL_SIZE=%i', (dbMaxConnections, ingestConnections, shares) => {
  expect(connectionShares({ dbMaxConnections, ingestConnections })).toEqual(shares);
});

it('every kind of work has a connection, and all of them together have DB_MAX_CONNECTIONS', () => {
  const limits = fc.integer({ min: 3, max: 1000 }).chain((dbMaxConnections) =>
    fc.record({
      dbMaxConnections: fc.constant(dbMaxConnections),
      ingestConnections: fc.integer({ min: 1, max: Math.min(100, dbMaxConnections - 1) }),
    }),
  );
  fc.assert(
    fc.property(limits, (given) => {
      const { ingest, operations, query } = connectionShares(given);
      expect(Math.min(ingest, operations, query)).toBeGreaterThanOrEqual(1);
      expect(ingest + operations + query).toBe(given.dbMaxConnections);
      expect(queryShare(given, 0.5)).toBeGreaterThanOrEqual(1);
    }),
  );
});
