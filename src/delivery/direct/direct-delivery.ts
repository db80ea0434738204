import { Inject, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../core/ports/access-store.js';
import { Cache } from '../../core/ports/cache.js';
import type { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import { EventStore } from '../../core/ports/event-store.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import type { NewEvent, Receipt } from '../../core/records/event.js';
import { DeadLetterSink } from '../dead-letter-sink.js';
import { GroupCommit, limitsOf } from './group-commit.js';

/** Measured at 64 connections (`bench:counting`, singles): a flush of events costs more than one of entries before its first row. */
const OVERLAP_ROWS = { events: 48, entries: 20 };

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
export class DirectDelivery extends GroupCommit<NewEvent, Receipt> implements Delivery {
  constructor(
    @Inject(CONFIG) config: Config,
    store: EventStore,
    cache: Cache,
    metrics: FlushMetrics,
    deadLetters: DeadLetterSink,
  ) {
    const flush = async (events: readonly NewEvent[]): Promise<Receipt[]> => {
      const receipts = await metrics.timed(events.length, store.append(events));
      await deadLetters.refusedEvents(events, receipts);
      return receipts;
    };
    super((events) => invalidatingAfter(flush(events), events, cache), limitsOf(config, OVERLAP_ROWS.events));
  }
}

/** Invalidates the cached answers of the projects before a flush is acknowledged: after its 201 a client must find its event. */
async function invalidatingAfter(
  flush: Promise<Receipt[]>,
  events: readonly NewEvent[],
  cache: Cache,
): Promise<Receipt[]> {
  let receipts: Receipt[] | null = null;
  try {
    receipts = await flush;
    return receipts;
  } finally {
    // Events of a failed flush may be stored all the same; sent again they are duplicates, which invalidate nothing.
    const changed = new Set<string>();
    events.forEach(({ projectId }, i) => {
      if (receipts === null || receipts[i].outcome === 'stored') changed.add(String(projectId));
    });
    if (changed.size > 0) await cache.invalidate(changed);
  }
}

/** Access entries go straight to their store, many requests in one transaction. */
@Injectable()
export class DirectAccessDelivery
  extends GroupCommit<NewAccessEntry, AccessReceipt>
  implements AccessDelivery
{
  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: AccessStore,
    metrics: FlushMetrics,
    @Inject(DeadLetterSink) private readonly deadLetters: Pick<DeadLetterSink, 'refusedEntries'>,
  ) {
    super(
      async (entries) => {
        const receipts = await metrics.timed(entries.length, store.append(entries));
        await deadLetters.refusedEntries(entries, receipts);
        return receipts;
      },
      limitsOf(config, OVERLAP_ROWS.entries),
    );
  }

  appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult> {
    return this.alone(request.entries.length, bytes, () => this.storeOnce(request));
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
