import { Inject, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/access-entry.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../core/access-store.js';
import { Cache } from '../../core/cache.js';
import { Delivery, AccessDelivery } from '../../core/delivery.js';
import { SightlineError } from '../../core/errors.js';
import { EventStore } from '../../core/event-store.js';
import type { NewEvent, Receipt } from '../../core/event.js';
import { DeadLetterSink } from '../dead-letter-sink.js';
import { GroupCommit, limitsOf } from './group-commit.js';

/** How long flushes take and how large they are, of whatever records. */
@Injectable()
export class FlushMetrics {
  constructor(
    @InjectMetric('ingest_flush_duration_seconds') private readonly duration: Histogram,
    @InjectMetric('ingest_flush_rows') private readonly rows: Histogram,
    @InjectMetric('ingest_flush_failures_total') private readonly failures: Counter,
  ) {}

  /** Observes a flush of `rows` records; of a failed one only that it failed. */
  async timed<T>(rows: number, flush: Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await flush.catch((error: unknown) => {
      this.failures.inc();
      throw error;
    });
    this.duration.observe((performance.now() - startedMs) / 1000);
    this.rows.observe(rows);
    return result;
  }
}

/** Accepted events go straight to the store, many requests in one transaction. */
@Injectable()
export class DirectDelivery extends Delivery {
  private readonly groups: GroupCommit<NewEvent, Receipt>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: EventStore,
    private readonly cache: Cache,
    private readonly metrics: FlushMetrics,
    private readonly deadLetters: DeadLetterSink,
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

  stalledMs(): number {
    return this.groups.stalledMs();
  }

  stop(): Promise<void> {
    return this.groups.stop();
  }

  private async flush(events: readonly NewEvent[]): Promise<Receipt[]> {
    let receipts: Receipt[] | null = null;
    try {
      receipts = await this.metrics.timed(events.length, this.store.append(events));
      await this.deadLetters.refusedEvents(events, receipts);
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

/** Access entries go straight to their store, many requests in one transaction. */
@Injectable()
export class DirectAccessDelivery extends AccessDelivery {
  private readonly groups: GroupCommit<NewAccessEntry, AccessReceipt>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: AccessStore,
    private readonly metrics: FlushMetrics,
    @Inject(DeadLetterSink) private readonly deadLetters: Pick<DeadLetterSink, 'refusedEntries'>,
  ) {
    super();
    this.groups = new GroupCommit((entries) => this.flush(entries), limitsOf(config));
  }

  append(entries: readonly NewAccessEntry[], bytes: number): Promise<AccessReceipt[]> {
    return this.groups.append(entries, bytes);
  }

  appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult> {
    return this.groups.alone(request.entries.length, bytes, () => this.storeOnce(request));
  }

  depth(): number {
    return this.groups.depth();
  }

  stalledMs(): number {
    return this.groups.stalledMs();
  }

  stop(): Promise<void> {
    return this.groups.stop();
  }

  private async flush(entries: readonly NewAccessEntry[]): Promise<AccessReceipt[]> {
    const receipts = await this.metrics.timed(entries.length, this.store.append(entries));
    await this.deadLetters.refusedEntries(entries, receipts);
    return receipts;
  }

  private async storeOnce(request: OnceRequest): Promise<OnceResult> {
    // Of the last try: a transaction may be tried again, and with it what is answered.
    let receipts: readonly AccessReceipt[] = [];
    const answer: OnceRequest['answer'] = (given) => request.answer((receipts = given));
    try {
      return await this.store.appendOnce({ ...request, answer });
    } catch (error) {
      // Nothing in it was good. Anything else: nothing is known of what became of these entries.
      if (!(error instanceof SightlineError) || error.code !== 'validation_error') receipts = [];
      throw error;
    } finally {
      await this.deadLetters.refusedEntries(request.entries, receipts);
    }
  }
}
