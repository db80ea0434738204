import { Logger } from '@nestjs/common';
import pRetry, { type Options as RetryOptions } from 'p-retry';
import type { Counter, Histogram } from 'prom-client';
import { setImmediate as othersTurn, setTimeout as delay } from 'node:timers/promises';
import type { AccessReceipt } from '../../core/access-entry.js';
import type { NewDeadLetter } from '../../core/dead-letters.js';
import { SightlineError } from '../../core/errors.js';
import type { Receipt } from '../../core/event.js';
import { PositionMoved, type LogMove } from '../../core/log-append.js';
import type { LogIngest, LogMessage, LogOnce, RefusedRecord } from '../../core/log-ingest.js';
import { reasonOf } from './client.js';
import type { Fetched, FetchedMessage, PartitionFetch } from './partition-fetch.js';
import type { PartitionOf } from './group-member.js';

const IDLE_MS = 200;
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

export interface ConsumerMetrics {
  consumed: Counter<'topic'>;
  retries: Counter;
  flushRecords: Histogram;
  /** Messages. */
  lost: Counter<'topic'>;
}

/** What a consumer needs of its surroundings. */
export interface ConsumerPorts<NewRecord, RecordReceipt extends Receipt | AccessReceipt> {
  ingest: LogIngest<NewRecord, RecordReceipt>;
  fetch: PartitionFetch;
  /** The partitions that this consumer is to read. */
  assigned: () => readonly PartitionOf[];
  /** Keeps records that can never be stored. */
  bury: (letters: readonly NewDeadLetter[]) => Promise<void>;
  metrics: ConsumerMetrics;
  /** Most records of a transaction, but for those of its last message. */
  maxRecords: number;
}

/** A partition that is being read. */
interface Partition {
  topicId: string;
  topic: string;
  partition: number;
  leader: number;
  /** As the store has it; null where it has none. */
  stored: number | null;
  next: number;
}

/** What was read and is to be stored together. */
interface Batch<NewRecord> {
  records: NewRecord[];
  /** Of each record. */
  origins: Origin[];
  refused: (RefusedRecord & { origin: Origin })[];
  /** Up to which offset each partition is read with it. */
  upTo: Map<Partition, number>;
  once?: LogOnce;
}

interface Origin {
  partition: Partition;
  offset: number;
  index: number;
  writtenAt: number;
}

/**
 * Takes the records of some partitions from Kafka into their store: in batches, each in the transaction that moves the positions.
 * What cannot be stored now is tried again for as long as that lasts, in its place; what can never be stored is buried, and the
 * line moves on. While a batch is being stored the next one is on its way here: no more than two answers of the broker are held.
 */
export class LogConsumer<NewRecord, RecordReceipt extends Receipt | AccessReceipt> {
  private readonly logger = new Logger('Kafka');
  private readonly stopping = new AbortController();
  private readonly partitions = new Map<string, Partition>();
  private readonly untold = new Map<string, PartitionOf & { offset: number }>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly sources: ReadonlyMap<string, LogSource>,
    private readonly ports: ConsumerPorts<NewRecord, RecordReceipt>,
  ) {
    for (const topic of sources.keys()) {
      ports.metrics.consumed.inc({ topic }, 0);
      ports.metrics.lost.inc({ topic }, 0);
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
        const fetched = await (onItsWay ?? this.fetchNext());
        onItsWay = this.fetchNext();
        // it is waited for in the next round
        onItsWay.catch(() => undefined);
        await this.storeAll(fetched);
        failing = false;
      } catch (error) {
        // It moves partitions on, of which nobody would read what it brings.
        await onItsWay?.catch(() => undefined);
        onItsWay = null;
        this.partitions.clear();
        if (signal.aborted) return;
        if (!failing) this.logger.warn(`reading again: ${reasonOf(error)}`);
        failing = true;
        await delay(FAILED_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** What comes next of the partitions that are assigned; they go on behind it. */
  private async fetchNext(): Promise<Map<Partition, Fetched>> {
    await this.takeAssigned();
    const fetched = new Map<Partition, Fetched>();
    if (this.partitions.size === 0) {
      await delay(IDLE_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
      return fetched;
    }
    const byLeader = Map.groupBy(this.partitions.values(), ({ leader }) => leader);
    await Promise.all(
      [...byLeader].map(async ([leader, partitions]) => {
        const answers = await this.ports.fetch.fetch(leader, partitions);
        for (const [i, partition] of partitions.entries()) {
          const answer = answers[i] ?? (await this.skipToLog(partition));
          partition.next = answer.next;
          fetched.set(partition, answer);
        }
      }),
    );
    return fetched;
  }

  /** Brings what is read in line with what is assigned; begins where the store says. */
  private async takeAssigned(): Promise<void> {
    const assigned = this.ports.assigned();
    const topics = await this.ports.fetch.leaders([...new Set(assigned.map(({ topic }) => topic))]);
    const wanted = new Map<string, Omit<Partition, 'stored' | 'next'>>();
    for (const { topic, partition } of assigned) {
      const { id: topicId, leaders } = topics.get(topic)!;
      // -1 while none is elected
      if ((leaders[partition] ?? -1) >= 0) {
        wanted.set(`${topicId} ${partition}`, { topicId, topic, partition, leader: leaders[partition] });
      }
    }
    for (const key of this.partitions.keys()) if (!wanted.has(key)) this.partitions.delete(key);
    const fresh = [...wanted].filter(([key]) => !this.partitions.has(key));
    for (const [key, { leader }] of wanted)
      if (this.partitions.has(key)) this.partitions.get(key)!.leader = leader;
    if (fresh.length === 0) return;
    const positions = await this.ports.ingest.positions([
      ...new Set(fresh.map(([, { topicId }]) => topicId)),
    ]);
    const offsets = new Map(
      positions.map(({ topicId, partition, offset }) => [`${topicId} ${partition}`, offset]),
    );
    const bounds = await this.ports.fetch.bounds([...new Set(fresh.map(([, { topic }]) => topic))]);
    for (const [key, partition] of fresh) {
      const stored = offsets.get(key) ?? null;
      const next = stored ?? bounds.get(partition.topic)![partition.partition].first;
      this.partitions.set(key, { ...partition, stored, next });
    }
  }

  /** What was to be read next is not in the log: retention has taken it, or a broker has lost it. */
  private async skipToLog(partition: Partition): Promise<Fetched> {
    const { topic, partition: number, next } = partition;
    const { first, end } = (await this.ports.fetch.bounds([topic])).get(topic)![number];
    const to = next < first ? first : end;
    this.ports.metrics.lost.inc({ topic }, Math.abs(to - next));
    this.logger.error(
      next < first
        ? `${topic}/${number}: the messages from ${next} to ${first - 1} are gone (retention) and were not stored`
        : `${topic}/${number}: the log ends at ${end}, before what is stored already (${next}): a broker has lost messages`,
    );
    return { messages: [], next: to, end };
  }

  private async storeAll(fetched: ReadonlyMap<Partition, Fetched>): Promise<void> {
    let batch = emptyBatch<NewRecord>();
    for (const [partition, { messages, next }] of fetched) {
      for (const message of messages) {
        const decoded = this.ports.ingest.decode(this.logMessage(partition, message));
        // A request that may be repeated has a transaction of its own.
        if (decoded.once && batch.upTo.size > 0) {
          await this.store(batch);
          batch = emptyBatch();
        }
        const { offset, writtenAt } = message;
        const originOf = (index: number): Origin => ({ partition, offset, index, writtenAt });
        for (const record of decoded.records) batch.records.push(record);
        for (const index of decoded.indexes) batch.origins.push(originOf(index));
        for (const refused of decoded.refused)
          batch.refused.push({ ...refused, origin: originOf(refused.index) });
        batch.upTo.set(partition, offset + 1);
        batch.once = decoded.once;
        if (decoded.once || batch.records.length >= this.ports.maxRecords) {
          await this.store(batch);
          batch = emptyBatch();
        }
        // a message may hold hundreds of records: others of this process have their turn
        await othersTurn();
      }
      // some offsets hold no message
      if (next > (batch.upTo.get(partition) ?? partition.stored ?? -1)) batch.upTo.set(partition, next);
    }
    if (batch.upTo.size > 0) await this.store(batch);
  }

  private logMessage({ topic }: Partition, { value, writtenAt }: FetchedMessage): LogMessage {
    const { format, projectId } = this.sources.get(topic)!;
    return { format, projectId, value, writtenAt };
  }

  /** Stores a batch, however long that takes. @throws PositionMoved, and where it is stopped before */
  private async store(batch: Batch<NewRecord>): Promise<void> {
    const moves = [...batch.upTo].map(([{ topicId, topic, partition, stored }, to]): LogMove => ({
      topicId,
      topic,
      partition,
      from: stored,
      to,
    }));
    await pRetry((attempt) => this.append(batch, moves, attempt), {
      ...RETRY,
      signal: this.stopping.signal,
      shouldRetry: ({ error }) => !(error instanceof PositionMoved),
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (error instanceof PositionMoved) return;
        this.ports.metrics.retries.inc();
        if (attemptNumber === 1) this.logger.warn(`storing again: ${reasonOf(error)}`);
      },
    });
    for (const [partition, to] of batch.upTo) {
      partition.stored = to;
      const { topic, partition: number } = partition;
      this.untold.set(`${topic} ${number}`, { topic, partition: number, offset: to });
      this.ports.metrics.consumed.inc({ topic }, 0);
    }
    for (const [topic, { length }] of Map.groupBy(batch.origins, ({ partition }) => partition.topic)) {
      this.ports.metrics.consumed.inc({ topic }, length);
    }
    this.ports.metrics.flushRecords.observe(batch.records.length);
  }

  private async append(batch: Batch<NewRecord>, moves: readonly LogMove[], attempts: number): Promise<void> {
    const { records, once } = batch;
    const settle = (receipts: readonly RecordReceipt[]) => this.bury(batch, receipts, attempts);
    try {
      await this.ports.ingest.append({ records, moves, once, settle });
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code !== 'idempotency_conflict') throw error;
      const refused = records.map((record, i) => ({
        origin: batch.origins[i],
        index: batch.origins[i].index,
        ...this.ofRecord(record),
        reason: 'idempotency_conflict' as const,
        message: error.message,
      }));
      const conflict = { ...batch, records: [], origins: [], refused: [...batch.refused, ...refused] };
      await this.ports.ingest.append({
        records: [],
        moves,
        settle: (receipts) => this.bury(conflict, receipts, attempts),
      });
    }
  }

  private async bury(
    batch: Batch<NewRecord>,
    receipts: readonly RecordReceipt[],
    attempts: number,
  ): Promise<void> {
    const letter = ({ origin, ...refused }: Batch<NewRecord>['refused'][number]): NewDeadLetter => {
      const { partition, offset, index, writtenAt } = origin;
      const { topic, topicId, partition: number } = partition;
      return {
        ...refused,
        kind: this.ports.ingest.kind,
        origin: { topic, topicId, partition: number, offset, index },
        attempts,
        failedAt: writtenAt,
      };
    };
    const letters = batch.refused.map(letter);
    receipts.forEach((receipt, i) => {
      if (receipt.outcome !== 'rejected') return;
      const record = this.ofRecord(batch.records[i]);
      letters.push(
        letter({
          origin: batch.origins[i],
          index: batch.origins[i].index,
          ...record,
          message: receipt.cause,
        }),
      );
    });
    if (letters.length > 0) await this.ports.bury(letters);
  }

  private ofRecord(record: NewRecord): Omit<RefusedRecord, 'index' | 'message'> {
    const { projectId } = record as { projectId: number };
    const payload = this.ports.ingest.encode(record);
    return { projectId, format: 'own_record', payload, reason: 'refused_by_store', details: [] };
  }
}

function emptyBatch<NewRecord>(): Batch<NewRecord> {
  return { records: [], origins: [], refused: [], upTo: new Map() };
}
