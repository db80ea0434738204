import { setImmediate as othersTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { SightlineError, type FieldError } from '../core/errors.js';
import { Clock } from '../core/ports/clock.js';
import { Delivery } from '../core/ports/delivery.js';
import type { NewEvent } from '../core/records/event.js';
import type { RecordError } from '../http/query/record-schema.js';
import type { IngestedBatch, IngestedEvent, RejectedEvent } from './event.dto.js';
import { IngestMetrics } from './ingest-metrics.js';
import { prepareEvent, type PrepareContext } from './prepare-event.js';

const TURN_MS = 10;
const EVENTS_A_LOOK = 16;

/** The valid events of a batch and its rejections; `indexes` are the positions of `events` in the batch. */
interface PreparedBatch {
  events: NewEvent[];
  indexes: number[];
  bytes: number;
  rejected: RejectedEvent[];
}

export interface BatchOptions {
  /** One bad event refuses the whole batch. */
  strict: boolean;
  /** The body may hold NUL or half surrogate pairs. */
  checkText: boolean;
}

/** Validates what clients send and has it delivered; every item of a request is accounted for. */
@Injectable()
export class IngestService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly delivery: Delivery,
    private readonly metrics: IngestMetrics,
  ) {}

  /** @throws SightlineError `validation_error`, `invalid_event_type`, `invalid_priority`, and what `Delivery.append` throws. */
  async append(projectId: number, raw: unknown, checkText: boolean): Promise<IngestedEvent> {
    const prepared = prepareEvent(raw, this.context(projectId, checkText));
    if (prepared.errors) throw this.refusal(raw, prepared.errors);
    const { event, bytes } = prepared;
    const [receipt] = await this.delivery.append([event], bytes);
    this.metrics.outcome(event, receipt);
    if (receipt.outcome === 'rejected') throw invalid('The event was refused', [refusedByStore(receipt)]);
    const { eventId: event_id } = event;
    if (receipt.outcome === 'queued') return { event_id, id: null, duplicate: null, state: 'queued' };
    return { event_id, id: receipt.id, duplicate: receipt.outcome === 'duplicate', state: 'stored' };
  }

  /** @throws SightlineError `validation_error` when nothing in it is good, `empty_batch`, `batch_too_large`, … */
  async appendBatch(projectId: number, logs: unknown, options: BatchOptions): Promise<IngestedBatch> {
    const batch = this.checkedBatch(logs);
    const { events, bytes, rejected, indexes } = await this.prepareAll(batch, projectId, options);
    if (events.length === 0 || (options.strict && rejected.length > 0)) throw batchRefusal(rejected);
    const receipts = await this.delivery.append(events, bytes);
    this.metrics.outcomes(events, receipts);
    receipts.forEach((receipt, i) => {
      if (receipt.outcome !== 'rejected') return;
      rejected.push({ index: indexes[i], event_id: events[i].eventId, errors: [refusedByStore(receipt)] });
    });
    // what the store refuses is known later than what validation does
    rejected.sort((a, b) => a.index - b.index);
    if (rejected.length === batch.length) throw batchRefusal(rejected);
    return {
      total_received: batch.length,
      logs_processed: batch.length - rejected.length,
      // what is queued is found to be a duplicate later, and stored once all the same
      duplicates:
        receipts[0].outcome === 'queued'
          ? null
          : receipts.filter(({ outcome }) => outcome === 'duplicate').length,
      rejected,
    };
  }

  /**
   * Other requests have their turn in between: the events of a large body take 100 ms together. What came is let go of event by
   * event: nothing is held twice, and little of it while the database works.
   */
  private async prepareAll(
    batch: unknown[],
    projectId: number,
    { checkText }: BatchOptions,
  ): Promise<PreparedBatch> {
    const context = this.context(projectId, checkText);
    const prepared: PreparedBatch = { events: [], indexes: [], bytes: 0, rejected: [] };
    let startedMs = performance.now();
    for (let index = 0; index < batch.length; index++) {
      const { event, bytes, errors } = prepareEvent(batch[index], context);
      if (event) {
        prepared.events.push(event);
        prepared.indexes.push(index);
        prepared.bytes += bytes;
      } else {
        this.metrics.refused(errors);
        const event_id = eventIdOf(batch[index]);
        prepared.rejected.push({ index, event_id, errors: errors.map(toFieldError) });
      }
      batch[index] = null;
      if (index % EVENTS_A_LOOK !== 0 || performance.now() - startedMs < TURN_MS) continue;
      await othersTurn();
      startedMs = performance.now();
    }
    return prepared;
  }

  private checkedBatch(logs: unknown): unknown[] {
    if (!Array.isArray(logs)) {
      const message =
        logs === undefined ? 'is required; a single event goes to POST /api/v1/ingest' : 'must be an array';
      throw invalid('The batch is not valid', [{ field: 'logs', message }]);
    }
    if (logs.length === 0) throw new SightlineError('empty_batch', 'The batch contains no events');
    this.metrics.batch(logs.length);
    const { maxBatchSize } = this.config;
    if (logs.length > maxBatchSize) {
      const details = [{ field: 'logs', message: `must not contain more than ${maxBatchSize} events` }];
      throw new SightlineError('batch_too_large', `The batch contains ${logs.length} events`, { details });
    }
    return logs;
  }

  private context(projectId: number, checkText: boolean): PrepareContext {
    const maxBytes = this.config.maxEventKb * 1024;
    return { projectId, receivedAt: this.clock.nowMs() * 1000, maxBytes, checkText };
  }

  private refusal(raw: unknown, errors: RecordError[]): SightlineError {
    this.metrics.refused(errors);
    const details = errors.map(toFieldError);
    const [{ field, message, type }] = errors;
    if (errors.length === 1 && type === 'value') {
      if (field === 'event_type')
        return new SightlineError('invalid_event_type', `event_type ${message}`, { details });
      if (field === 'priority')
        return new SightlineError('invalid_priority', `priority ${message}`, { details });
    }
    return invalid(isBatch(raw) ? BATCH_FOR_EVENT : 'The event is not valid', details);
  }
}

const BATCH_FOR_EVENT = 'The event is not valid: many go to POST /api/v1/batch-ingest, as {"logs":[…]}';

function isBatch(raw: unknown): boolean {
  return Array.isArray(raw) || Array.isArray((raw as { logs?: unknown } | null)?.logs);
}

// Truncated to the length of an event_id: a refused one can be of any size.
function eventIdOf(raw: unknown): string | null {
  const id = (raw as { event_id?: unknown } | null)?.event_id;
  return typeof id === 'string' ? id.slice(0, 255).toWellFormed() : null;
}

function toFieldError({ field, message }: FieldError): FieldError {
  return { field, message };
}

function refusedByStore({ message }: { message: string }): FieldError {
  return { field: '', message };
}

function invalid(message: string, details: FieldError[]): SightlineError {
  return new SightlineError('validation_error', message, { details });
}

function batchRefusal(rejected: RejectedEvent[]): SightlineError {
  const details = rejected.flatMap(({ index, errors }) =>
    errors.map(({ field, message }) => ({
      field: field ? `logs[${index}].${field}` : `logs[${index}]`,
      message,
    })),
  );
  return invalid('The batch is not valid: nothing was stored', details);
}
