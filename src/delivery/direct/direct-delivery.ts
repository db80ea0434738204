import { Inject, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge, Histogram } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { Cache } from '../../core/cache.js';
import { Delivery } from '../../core/delivery.js';
import type { NewEvent, Receipt } from '../../core/event.js';
import { EventStore } from '../../core/event-store.js';
import { GroupCommit } from './group-commit.js';

/** A quarter of a full flush: below it the round trip costs more than the rows. */
const OVERLAP_SHARE = 4;

/** Accepted records go straight to the store, many requests in one transaction. */
@Injectable()
export class DirectDelivery extends Delivery {
  private readonly groups: GroupCommit<NewEvent, Receipt>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: EventStore,
    private readonly cache: Cache,
    @InjectMetric('ingest_flush_duration_seconds') private readonly flushDuration: Histogram,
    @InjectMetric('ingest_flush_rows') private readonly flushRows: Histogram,
    @InjectMetric('ingest_queue_depth') queueDepth: Gauge,
  ) {
    super();
    this.groups = new GroupCommit((events) => this.flush(events), {
      maxRows: config.flushMaxRows,
      maxFlushes: config.ingestConnections,
      overlapRows: Math.ceil(config.flushMaxRows / OVERLAP_SHARE),
      maxRecords: config.maxInFlightRecords,
      maxBytes: config.maxInFlightMb * 1024 * 1024,
    });
    // Read when scraped: nothing to keep up with in between.
    Object.assign(queueDepth, { collect: () => queueDepth.set(this.depth()) });
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
    const ended = this.flushDuration.startTimer();
    const receipts = await this.store.append(events);
    ended();
    this.flushRows.observe(events.length);
    const changed = new Set<string>();
    receipts.forEach(({ outcome }, i) => outcome === 'stored' && changed.add(String(events[i].projectId)));
    // Before the client knows: whoever asks after its 201 must not get an answer from before it.
    if (changed.size > 0) await this.cache.invalidate(changed);
    return receipts;
  }
}
