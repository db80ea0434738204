import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { Clock } from '../core/ports/clock.js';
import { DeadLetterStore, LETTER_REASONS, type NewDeadLetter } from '../core/ports/dead-letters.js';
import type { AccessReceipt, NewAccessEntry } from '../core/records/access-entry.js';
import type { NewEvent, Receipt } from '../core/records/event.js';
import { encodeEntry, encodeEvent } from '../core/records/record-format.js';

/** Where records go that can never be stored as they came. */
@Injectable()
export class DeadLetterSink {
  private readonly logger = new Logger(DeadLetterSink.name);

  constructor(
    private readonly store: DeadLetterStore,
    private readonly clock: Clock,
    @InjectMetric('dead_letters_total') private readonly listed: Counter,
    @InjectMetric('dead_letter_failures_total') private readonly failures: Counter,
  ) {
    // From the start: an increase from nothing to 1 is none to Prometheus.
    for (const reason of LETTER_REASONS) listed.inc({ reason }, 0);
  }

  /** Durable when it resolves; what is listed already is not counted again. @throws as DeadLetterStore.add */
  async add(letters: readonly NewDeadLetter[]): Promise<void> {
    for (const { reason } of await this.store.add(letters)) this.listed.inc({ reason });
  }

  /** Events of a flush that the database refused. A failure is logged and counted: the client has its answer all the same. */
  refusedEvents(events: readonly NewEvent[], receipts: readonly (Receipt | AccessReceipt)[]): Promise<void> {
    return this.refused(events, receipts, (event) => ({
      kind: 'events',
      payload: encodeEvent(event),
      identity: event.eventId,
    }));
  }

  /** As `refusedEvents`. */
  refusedEntries(
    entries: readonly NewAccessEntry[],
    receipts: readonly (Receipt | AccessReceipt)[],
  ): Promise<void> {
    return this.refused(entries, receipts, (entry) => ({
      kind: 'access',
      payload: encodeEntry(entry),
      // two entries may be alike to the last letter
      identity: randomUUID(),
    }));
  }

  private async refused<NewRecord extends { projectId: number }>(
    records: readonly NewRecord[],
    receipts: readonly (Receipt | AccessReceipt)[],
    encode: (record: NewRecord) => Pick<NewDeadLetter, 'kind' | 'payload' | 'identity'>,
  ): Promise<void> {
    const letters: NewDeadLetter[] = [];
    for (let at = 0; at < receipts.length; at++) {
      const receipt = receipts[at];
      if (receipt.outcome !== 'rejected') continue;
      letters.push({
        ...encode(records[at]),
        projectId: records[at].projectId,
        format: 'own_record',
        reason: 'refused_by_store',
        message: receipt.cause,
        details: [],
        origin: null,
        attempts: 1,
        failedAt: this.clock.nowMs() * 1000,
      });
    }
    if (letters.length === 0) return;
    await this.add(letters).catch((error: unknown) => {
      this.failures.inc(letters.length);
      this.logger.error(
        `${letters.length} records that the database refused could not be listed as dead letters: ${String(error)}`,
      );
    });
  }
}
