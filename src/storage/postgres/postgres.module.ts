import { Global, Module, type DynamicModule } from '@nestjs/common';
import { EVENTS } from '../../core/counting/kind.js';
import { PendingBlocks } from '../../core/counting/pending-blocks.js';
import { AuditStore } from '../../core/ports/audit.js';
import { DeadLetterStore } from '../../core/ports/dead-letters.js';
import { EventReader } from '../../core/ports/event-reader.js';
import { EventStats } from '../../core/ports/event-stats.js';
import { EventStore } from '../../core/ports/event-store.js';
import { EventTail } from '../../core/ports/event-tail.js';
import { KeyStore } from '../../core/ports/key-store.js';
import { ProjectStore } from '../../core/ports/project-store.js';
import { EventCounter } from '../../core/ports/record-counter.js';
import { SessionStore } from '../../core/ports/session-store.js';
import { StoreHealth } from '../../core/ports/store-health.js';
import { StoreMaintenance } from '../../core/ports/store-maintenance.js';
import { StoreTables } from '../../core/ports/store-tables.js';
import { Counter } from '../counting/counter.js';
import { DistinctByGroup } from '../counting/distinct-by-group.js';
import { RollupEventStats } from '../counting/rollup-event-stats.js';
import { WindowCounts } from '../counting/window-counts.js';
import { providePorts, provideReaders } from '../implement.js';
import { PostgresKeyStore } from './accounts/postgres-key-store.js';
import { PostgresProjectStore } from './accounts/postgres-project-store.js';
import { PostgresSessionStore } from './accounts/postgres-session-store.js';
import { PostgresEventStore } from './append/postgres-event-store.js';
import { PostgresAuditStore } from './audit/postgres-audit-store.js';
import { EVENT_ROWS } from './counting/columns.js';
import { PostgresCountStore } from './counting/postgres-count-store.js';
import { PostgresSeenStore } from './counting/postgres-seen-store.js';
import { Database } from './database.js';
import { PostgresDeadLetterStore } from './dead-letters/postgres-dead-letter-store.js';
import { PostgresEventReader } from './events/postgres-event-reader.js';
import { PostgresEventTail } from './events/postgres-event-tail.js';
import { PostgresMaintenance } from './maintenance/postgres-maintenance.js';
import { PostgresStoreHealth, PostgresStoreTables } from './postgres-store-health.js';

const implement = providePorts(Database);
const read = provideReaders(Database);

/** PostgreSQL behind the ports of events, keys and maintenance. The connections are opened and closed by whoever starts the application. */
@Global()
@Module({})
export class PostgresModule {
  static register(database: Database): DynamicModule {
    const pending = new PendingBlocks(EVENTS);
    const counted = new PostgresCountStore(database, EVENTS, EVENT_ROWS);
    const windows = new WindowCounts(counted, pending);
    const ports = [
      implement(EventStore, (database) => new PostgresEventStore(database, pending)),
      implement(EventCounter, () => new Counter(counted, pending)),
      read(EventReader, (database) => new PostgresEventReader(database, windows)),
      // tails have a semaphore of their own, and one that waits for its project's share would hold up those of the others
      implement(EventTail, (database, clock) => new PostgresEventTail(database, clock)),
      read(EventStats, (database, clock) => {
        const distinct = new DistinctByGroup(new PostgresSeenStore(database), windows, clock);
        return new RollupEventStats(windows, distinct, clock);
      }),
      implement(StoreMaintenance, (database) => new PostgresMaintenance(database)),
      implement(KeyStore, (database, clock) => new PostgresKeyStore(database, clock)),
      implement(ProjectStore, (database) => new PostgresProjectStore(database)),
      implement(SessionStore, (database) => new PostgresSessionStore(database)),
      implement(AuditStore, (database) => new PostgresAuditStore(database)),
      implement(DeadLetterStore, (database) => new PostgresDeadLetterStore(database)),
      implement(StoreHealth, (database) => new PostgresStoreHealth(database)),
      implement(StoreTables, (database) => new PostgresStoreTables(database)),
    ];
    return {
      module: PostgresModule,
      providers: [{ provide: Database, useValue: database }, ...ports],
      exports: ports,
    };
  }
}
