import { setImmediate as othersTurn, setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import pRetry, { type Options as RetryOptions } from 'p-retry';
import type { Counter, Histogram } from 'prom-client';
import { SightlineError } from '../../core/errors.js';
import { PositionMoved, type LogMove } from '../../core/ports/log-append.js';
import type { LogIngest, LogMessage } from '../../core/ports/log-ingest.js';
import type { AccessReceipt } from '../../core/records/access-entry.js';
import type { Receipt } from '../../core/records/event.js';
import { reasonOf } from './client.js';
import type { DeadLetterTopics } from './dead-letter-topics.js';
import type { PartitionOf } from './group-member.js';
import type { Fetched, PartitionFetch } from './partition-fetch.js';
import { PartitionReader, type Partition } from './partition-reader.js';
import { ReadBatch } from './read-batch.js';

const FAILED_MS = 500;
const RETRY: RetryOptions = {
  retries: Infinity,
  minTimeout: 100,
  maxTimeout: 5_000,
  factor: 2,
  randomize: true,
};

/** A topic, and how its messages are read. */
export interface LogSource extends Pick<LogMessage, 'format' | 'projectId'> {
  topic: string;
}

@Injectable()
export class ConsumerMetrics {
  constructor(
    @InjectMetric('kafka_records_consumed_total') readonly consumed: Counter<'topic'>,
    @InjectMetric('kafka_retries_total') readonly retries: Counter,
    @InjectMetric('kafka_flush_records') readonly flushRecords: Histogram,
    /** Messages. */
    @InjectMetric('kafka_messages_lost_total') readonly lost: Counter<'topic'>,
    @InjectMetric('kafka_rebalances_total') readonly rebalances: Counter,
  ) {}
}

/** What a consumer needs of its surroundings. */
export interface ConsumerPorts<NewRecord, RecordReceipt extends Receipt | AccessReceipt> {
  ingest: LogIngest<NewRecord, RecordReceipt>;
  fetch: PartitionFetch;
  /** The partitions that this consumer is to read. */
  assigned: () => readonly PartitionOf[];
  /** Keep records that can never be stored. */
  deadLetters: DeadLetterTopics;
  metrics: ConsumerMetrics;
  /** Most records of a transaction, but for those of its last message. */
  maxRecords: number;
}

/**
 * Takes the records of some partitions from Kafka into their store: in batches, each in the transaction that moves the positions.
 * What cannot be stored now is tried again for as long as that lasts, in its place; what can never be stored is buried, and the
 * line moves on. While a batch is being stored the next one is on its way here: no more than two answers of the broker are held.
 */
export class LogConsumer<NewRecord, RecordReceipt extends Receipt | AccessReceipt> {
  private readonly logger = new Logger('Kafka');
  private readonly stopping = new AbortController();
  private readonly reader: PartitionReader;
  private readonly untold = new Map<string, PartitionOf & { offset: number }>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly sources: ReadonlyMap<string, LogSource>,
    private readonly ports: ConsumerPorts<NewRecord, RecordReceipt>,
  ) {
    const { fetch, assigned, ingest, metrics } = ports;
    const positions = (topicIds: readonly string[]) => ingest.positions(topicIds);
    this.reader = new PartitionReader(
      { fetch, assigned, positions, lost: metrics.lost },
      this.stopping.signal,
    );
    for (const topic of sources.keys()) {
      metrics.consumed.inc({ topic }, 0);
      metrics.lost.inc({ topic }, 0);
    }
  }

  start(): void {
    this.running = this.run();
  }

  /** Resolves once what is being stored is stored, or has failed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Positions that have moved since they were asked for. */
  takeMoved(): (PartitionOf & { offset: number })[] {
    const moved = [...this.untold.values()];
    this.untold.clear();
    return moved;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let onItsWay: Promise<Map<Partition, Fetched>> | null = null as Promise<Map<Partition, Fetched>> | null;
    for (let failing = false; !signal.aborted;) {
      try {
        const fetched = await (onItsWay ?? this.reader.next());
        onItsWay = this.reader.next();
        // it is waited for in the next round
        onItsWay.catch(() => undefined);
        await this.storeAll(fetched);
        failing = false;
      } catch (error) {
        // It moves partitions on, of which nobody would read what it brings.
        await onItsWay?.catch(() => undefined);
        onItsWay = null;
        this.reader.forget();
        if (signal.aborted) return;
        if (!failing) this.logger.warn(`reading again: ${reasonOf(error)}`);
        failing = true;
        await delay(FAILED_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  private async storeAll(fetched: ReadonlyMap<Partition, Fetched>): Promise<void> {
    let batch = new ReadBatch<NewRecord>();
    const flush = async () => {
      if (!batch.isEmpty) await this.store(batch);
      batch = new ReadBatch();
    };
    for (const [partition, { messages, next }] of fetched) {
      const { format, projectId } = this.sources.get(partition.topic)!;
      for (const message of messages) {
        const { value, writtenAt } = message;
        const decoded = this.ports.ingest.decode({ format, projectId, value, writtenAt });
        // A request that may be repeated has a transaction of its own.
        if (decoded.once) await flush();
        batch.add(partition, message, decoded);
        if (decoded.once || batch.records.length >= this.ports.maxRecords) await flush();
        // a message may hold hundreds of records: others of this process have their turn
        await othersTurn();
      }
      batch.readTo(partition, next);
    }
    await flush();
  }

  /** Stores a batch, however long that takes. @throws PositionMoved, and where it is stopped before */
  private async store(batch: ReadBatch<NewRecord>): Promise<void> {
    const { consumed, retries, flushRecords } = this.ports.metrics;
    const moves = batch.moves();
    await pRetry((attempt) => this.append(batch, moves, attempt), {
      ...RETRY,
      signal: this.stopping.signal,
      shouldRetry: ({ error }) => !(error instanceof PositionMoved),
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (error instanceof PositionMoved) return;
        retries.inc();
        if (attemptNumber === 1) this.logger.warn(`storing again: ${reasonOf(error)}`);
      },
    });
    batch.stored();
    for (const { topic, partition, to } of moves) {
      this.untold.set(`${topic} ${partition}`, { topic, partition, offset: to });
    }
    for (const [topic, records] of batch.recordsByTopic()) consumed.inc({ topic }, records);
    flushRecords.observe(batch.records.length);
  }

  private async append(
    batch: ReadBatch<NewRecord>,
    moves: readonly LogMove[],
    attempts: number,
  ): Promise<void> {
    const { ingest, deadLetters } = this.ports;
    const { records, once } = batch;
    const settle = (receipts: readonly RecordReceipt[]) =>
      deadLetters.bury(batch.letters(ingest, receipts, attempts));
    try {
      await ingest.append({ records, moves, once, settle });
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code !== 'idempotency_conflict') throw error;
      const letters = batch.conflictingLetters(ingest, error.message, attempts);
      await ingest.append({ records: [], moves, settle: () => deadLetters.bury(letters) });
    }
  }
}
