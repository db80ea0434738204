import type { CountStore, CountTransaction } from '../../src/core/counting/count-store.js';
import { EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { Clock } from '../../src/core/ports/clock.js';
import { Counter, type CounterLimits } from '../../src/storage/counting/counter.js';
import { DistinctByGroup } from '../../src/storage/counting/distinct-by-group.js';
import { RollupEventStats } from '../../src/storage/counting/rollup-event-stats.js';
import { WindowCounts } from '../../src/storage/counting/window-counts.js';
import { PostgresEventStore } from '../../src/storage/postgres/append/postgres-event-store.js';
import { EVENT_ROWS } from '../../src/storage/postgres/counting/columns.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { PostgresSeenStore } from '../../src/storage/postgres/counting/postgres-seen-store.js';
import type { Database } from '../../src/storage/postgres/database.js';
import { PostgresEventReader } from '../../src/storage/postgres/events/postgres-event-reader.js';

/** What one process stores and counts events with. */
export function eventCounting(
  database: Database,
  clock: Clock,
  {
    pending = new PendingBlocks(EVENTS),
    idsOfAText,
    ...limits
  }: { pending?: PendingBlocks; idsOfAText?: number } & Partial<CounterLimits> = {},
) {
  const counted = new PostgresCountStore(database, EVENTS, EVENT_ROWS);
  const windows = new WindowCounts(counted, pending);
  const seen = new PostgresSeenStore(database, idsOfAText);
  return {
    store: new PostgresEventStore(database, pending),
    stats: new RollupEventStats(windows, new DistinctByGroup(seen, windows, clock), clock),
    counter: new Counter(counted, pending, limits),
    counted,
    windows,
  };
}

/** Of a process that stores nothing. */
export function eventReader(database: Pick<Database, 'query'>): PostgresEventReader {
  const counted = new PostgresCountStore(database, EVENTS, EVENT_ROWS);
  return new PostgresEventReader(database, new WindowCounts(counted, new PendingBlocks(EVENTS)));
}

/** The same store, but the transactions in which it counts end in the middle: before this call of theirs (from 0) something happens. */
export function cutShort(store: CountStore, call: number, cut: () => Promise<void>): CountStore {
  let left = call;
  const cutting = (transaction: CountTransaction): CountTransaction =>
    new Proxy(transaction, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          if (left-- === 0) await cut();
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
  return Object.assign(Object.create(store) as CountStore, {
    count: (work: (transaction: CountTransaction) => Promise<void>) =>
      store.count((transaction) => work(cutting(transaction))),
  });
}
