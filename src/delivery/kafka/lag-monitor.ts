import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import type { LogPosition } from '../../core/ports/log-append.js';
import { reasonOf } from './client.js';
import type { PartitionFetch, Wanted } from './partition-fetch.js';

const LOOK_EVERY_MS = 2_000;
/** Messages that wait for so long in a partition of which nothing is stored have nobody who stores them. */
const STUCK_AFTER_MS = 30_000;

interface Lag {
  /** Messages, as Kafka's own tools count them. */
  messages: number;
  /** When the oldest of them was written. */
  oldestAtMs: number;
  /** Where the store stood, and since when messages have been waiting there. */
  stored: number;
  stuckSinceMs: number;
}

export interface LagMetrics {
  lag: Gauge<'topic' | 'partition'>;
  lagSeconds: Gauge<'topic' | 'partition'>;
}

/**
 * How far the store is behind each partition, whoever consumes it: what the broker has, against the positions in the store. So a
 * process tells of consumers that are gone, stuck, or not even started.
 */
export class LagMonitor {
  private readonly logger = new Logger('Kafka');
  private readonly stopping = new AbortController();
  private readonly lags = new Map<string, Lag>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly topics: readonly string[],
    private readonly fetch: PartitionFetch,
    private readonly positions: (topicIds: readonly string[]) => Promise<LogPosition[]>,
    private readonly metrics: LagMetrics,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.fetch.stop();
  }

  /** False once messages have been waiting in a partition for 30 s without any of it being stored. */
  isConsumed(): boolean {
    const now = Date.now();
    return [...this.lags.values()].every(
      ({ messages, stuckSinceMs }) => messages === 0 || now - stuckSinceMs < STUCK_AFTER_MS,
    );
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failing = false; !signal.aborted;) {
      try {
        await this.look();
        failing = false;
      } catch (error) {
        if (!failing && !signal.aborted)
          this.logger.warn(`the lag of consumers cannot be read: ${reasonOf(error)}`);
        failing = true;
      }
      await delay(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const topics = await this.fetch.leaders(this.topics);
    const stored = await this.positions([...topics.values()].map(({ id }) => id));
    // Asked later: of what is stored nothing is missing there.
    const bounds = await this.fetch.bounds(this.topics);
    const offsets = new Map(
      stored.map(({ topicId, partition, offset }) => [`${topicId} ${partition}`, offset]),
    );
    for (const [topic, { id, leaders }] of topics) {
      for (const [partition, { first, end }] of bounds.get(topic)!.entries()) {
        const next = Math.min(end, Math.max(first, offsets.get(`${id} ${partition}`) ?? first));
        await this.tell({ topicId: id, topic, partition, next }, leaders[partition], end);
      }
    }
  }

  private async tell(at: Wanted, leader: number, end: number): Promise<void> {
    const key = `${at.topic} ${at.partition}`;
    const before = this.lags.get(key);
    const now = Date.now();
    const messages = end - at.next;
    const hasMoved = before === undefined || before.messages === 0 || before.stored !== at.next;
    const oldestAtMs =
      messages === 0 ? now : hasMoved ? await this.writtenAtMs(at, leader) : before.oldestAtMs;
    this.lags.set(key, {
      messages,
      oldestAtMs,
      stored: at.next,
      stuckSinceMs: hasMoved ? now : before.stuckSinceMs,
    });
    const labels = { topic: at.topic, partition: at.partition };
    this.metrics.lag.set(labels, messages);
    this.metrics.lagSeconds.set(labels, Math.max(0, now - oldestAtMs) / 1000);
  }

  private async writtenAtMs(at: Wanted, leader: number): Promise<number> {
    const [fetched] = await this.fetch.fetch(leader, [at]);
    const first = fetched?.messages[0];
    return first === undefined ? Date.now() : first.writtenAt / 1000;
  }
}
