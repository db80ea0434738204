import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { LRUCache } from 'lru-cache';
import type { Counter, Histogram } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { idempotencyConflict, SightlineError } from '../../core/errors.js';
import { chunksOf, groupsOf } from '../../core/groups.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../core/ports/access-store.js';
import type { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import { LogHealth } from '../../core/ports/log.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import type { NewEvent, Receipt } from '../../core/records/event.js';
import {
  ACCESS_FORMAT,
  encodeChunk,
  encodeEntry,
  encodeEvent,
  EVENTS_FORMAT,
} from '../../core/records/record-format.js';
import { GroupCommit, limitsOf } from '../direct/group-commit.js';
import type { KafkaClients } from './kafka-clients.js';
import { MessageTooLarge, type LogProducer } from './producer.js';
import type { Topics } from './topics.js';

/** Of a message. A broker takes 1 MB by default; a chunk ends before its next record would make it larger than this. */
const CHUNK_BYTES = 512 * 1024;
const CHUNK_RECORDS = 500;
/** Until the topic is known. */
const FEWEST_PARTITIONS = 1;
/** Requests with an Idempotency-Key whose answers are remembered, until the store has them. */
const MAX_REMEMBERED = 10_000;

/** Of either kind. */
type QueuedReceipt = Extract<Receipt, { outcome: 'queued' | 'rejected' }>;
const QUEUED: QueuedReceipt = { outcome: 'queued' };
const TOO_LARGE: QueuedReceipt = {
  outcome: 'rejected',
  message: 'is larger than Kafka takes (max.message.bytes)',
  cause: 'max.message.bytes',
};

@Injectable()
export class LogMetrics {
  constructor(
    @InjectMetric('kafka_records_produced_total') readonly produced: Counter<'topic'>,
    @InjectMetric('kafka_produce_duration_seconds') readonly duration: Histogram,
  ) {}
}

/** Writes the records of many requests in chunks, a message each. */
class LogWriter<NewRecord> {
  constructor(
    private readonly topic: string,
    private readonly format: typeof EVENTS_FORMAT | typeof ACCESS_FORMAT,
    private readonly encode: (record: NewRecord) => string,
    private readonly producer: LogProducer,
    private readonly topics: Topics,
    private readonly metrics: LogMetrics,
  ) {
    metrics.produced.inc({ topic }, 0);
  }

  /** @throws what LogProducer throws, but MessageTooLarge: a record that is too large alone is rejected. */
  async write(records: readonly NewRecord[]): Promise<QueuedReceipt[]> {
    const chunks = byMessage(records.map(this.encode));
    const receipts: QueuedReceipt[] = [];
    const atOnce = this.topics.partitionsOf(this.topic) ?? FEWEST_PARTITIONS;
    for (const some of chunksOf(chunks, atOnce)) receipts.push(...(await this.send(some)));
    return receipts;
  }

  /** Writes a message that holds more than records. */
  writeMessage(value: string, records: number): Promise<void> {
    return this.produce([value], records);
  }

  private async produce(values: readonly string[], records: number): Promise<void> {
    const { topic, metrics } = this;
    const ended = metrics.duration.startTimer();
    await this.producer.send(values.map((value) => ({ topic, value: Buffer.from(value) })));
    ended();
    metrics.produced.inc({ topic }, records);
  }

  private async send(chunks: readonly string[][]): Promise<QueuedReceipt[]> {
    const records = chunks.reduce((n, chunk) => n + chunk.length, 0);
    try {
      await this.produce(
        chunks.map((chunk) => encodeChunk(this.format, chunk)),
        records,
      );
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error;
      return this.sendSmaller(chunks);
    }
    return Array<QueuedReceipt>(records).fill(QUEUED);
  }

  // The broker takes less in a message than is its default: one at a time, and halves of what is still too large.
  private async sendSmaller(chunks: readonly string[][]): Promise<QueuedReceipt[]> {
    const receipts: QueuedReceipt[] = [];
    for (const chunk of chunks) {
      if (chunks.length > 1) receipts.push(...(await this.send([chunk])));
      else if (chunk.length === 1) receipts.push(TOO_LARGE);
      else {
        const middle = chunk.length >> 1;
        receipts.push(
          ...(await this.send([chunk.slice(0, middle)])),
          ...(await this.send([chunk.slice(middle)])),
        );
      }
    }
    return receipts;
  }
}

/** What goes into a message each. */
function byMessage(records: readonly string[]): string[][] {
  return [...groupsOf(records, (record) => Buffer.byteLength(record), CHUNK_BYTES, CHUNK_RECORDS)];
}

/** One flush at a time, as the producer has it; it takes all that waits. */
const FLUSHES = { maxRows: CHUNK_RECORDS * 8, maxFlushes: 1 };

/** Accepted events go to Kafka; a consumer takes them from there to the store. */
@Injectable()
export class KafkaDelivery extends GroupCommit<NewEvent, Receipt> implements Delivery {
  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(LogHealth) { topics, events }: KafkaClients,
    metrics: LogMetrics,
  ) {
    const topic = config.kafkaEventsTopic;
    const writer = new LogWriter(topic, EVENTS_FORMAT, encodeEvent, events, topics, metrics);
    super((records) => writer.write(records), { ...limitsOf(config), ...FLUSHES });
  }
}

/** Accepted access entries go to Kafka; a consumer takes them from there to their store. */
@Injectable()
export class KafkaAccessDelivery
  extends GroupCommit<NewAccessEntry, AccessReceipt>
  implements AccessDelivery
{
  private readonly writer: LogWriter<NewAccessEntry>;
  /** Of requests whose entries are on their way. */
  private readonly answers = new LRUCache<string, { bodyDigest: string; answer: object }>({
    max: MAX_REMEMBERED,
  });

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(LogHealth) { topics, access }: KafkaClients,
    metrics: LogMetrics,
    private readonly store: AccessStore,
  ) {
    const topic = config.kafkaAccessTopic;
    const writer = new LogWriter(topic, ACCESS_FORMAT, encodeEntry, access, topics, metrics);
    super((entries) => writer.write(entries), { ...limitsOf(config), ...FLUSHES });
    this.writer = writer;
  }

  /**
   * The consumer stores what has not been stored with this key before. A repeat is answered as the first was where this process
   * took that or the store has it already; with another body it is refused there, and by the consumer otherwise.
   */
  async appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult> {
    const { entries } = request;
    const before = await this.answerTo(request);
    if (before !== undefined) return { answer: before, receipts: [] };
    const receipts = entries.map(() => QUEUED);
    const answer = request.answer(receipts);
    await this.alone(entries.length, bytes, () => this.writeOnce(request, answer));
    this.answers.set(nameOf(request), { bodyDigest: request.bodyDigest, answer: answer as object });
    return { answer, receipts };
  }

  private async answerTo(request: OnceRequest): Promise<unknown> {
    const known = this.answers.get(nameOf(request));
    if (known !== undefined && known.bodyDigest !== request.bodyDigest) throw idempotencyConflict();
    if (known !== undefined) return known.answer;
    try {
      return await this.store.answerTo(request);
    } catch (error) {
      if (error instanceof SightlineError && error.code === 'idempotency_conflict') throw error;
      // the store may be away: that is what Kafka is for, and the consumer looks again
      return undefined;
    }
  }

  // Each chunk by a key of its own: a repeat makes the same chunks, and what of the first is missing is stored then.
  private async writeOnce(request: OnceRequest, answer: unknown): Promise<void> {
    const { projectId, key, bodyDigest, expiresAtMs } = request;
    for (const [nth, chunk] of byMessage(request.entries.map(encodeEntry)).entries()) {
      const once = {
        project_id: projectId,
        key: nth === 0 ? key : hash('sha256', `${key} ${nth}`),
        body_digest: bodyDigest,
        expires_at_ms: expiresAtMs,
        answer,
      };
      const message = `{"format":"${ACCESS_FORMAT}","once":${JSON.stringify(once)},"records":[${chunk.join(',')}]}`;
      await this.writer.writeMessage(message, chunk.length);
    }
  }
}

function nameOf({ projectId, key }: OnceRequest): string {
  return `${projectId} ${key}`;
}
