import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { Cache } from '../../core/cache.js';
import { Delivery } from '../../core/delivery.js';
import type { NewEvent, Receipt } from '../../core/event.js';
import { EventStore } from '../../core/event-store.js';
import { FlushMetrics } from './flush-metrics.js';
import { GroupCommit, limitsOf } from './group-commit.js';

/** Accepted events go straight to the store, many requests in one transaction. */
@Injectable()
export class DirectDelivery extends Delivery {
  private readonly groups: GroupCommit<NewEvent, Receipt>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: EventStore,
    private readonly cache: Cache,
    private readonly metrics: FlushMetrics,
  ) {
    super();
    this.groups = new GroupCommit((events) => this.flush(events), limitsOf(config));
  }

  append(events: readonly NewEvent[], bytes: number): Promise<Receipt[]> {
    return this.groups.append(events, bytes);
  }

  depth(): number {
    return this.groups.depth();
  }

  stop(): Promise<void> {
    return this.groups.stop();
  }

  private async flush(events: readonly NewEvent[]): Promise<Receipt[]> {
    let receipts: Receipt[] | null = null;
    try {
      receipts = await this.metrics.timed(events.length, this.store.append(events));
      return receipts;
    } finally {
      // Before the client knows: whoever asks after its 201 must not get an answer from before it. What failed may be stored all the
      // same: sent again it is a duplicate, which changes nothing any more.
      const changed = new Set<string>();
      events.forEach(({ projectId }, i) => {
        if (receipts === null || receipts[i].outcome === 'stored') changed.add(String(projectId));
      });
      if (changed.size > 0) await this.cache.invalidate(changed);
    }
  }
}
