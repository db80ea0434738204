import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { LogPosition } from '../../core/ports/log-append.js';
import type { PartitionOf } from './group-member.js';
import type { Fetched, PartitionFetch, Wanted } from './partition-fetch.js';

const IDLE_MS = 200;

/** A partition that is being read. */
export interface Partition extends Wanted {
  leader: number;
  /** As the store has it; null where it has none. */
  stored: number | null;
}

export interface ReaderPorts {
  fetch: PartitionFetch;
  /** The partitions that are to be read. */
  assigned: () => readonly PartitionOf[];
  /** How far the store has these topics. */
  positions: (topicIds: readonly string[]) => Promise<LogPosition[]>;
  /** Messages that were gone before they were read. */
  lost: Counter<'topic'>;
}

/** Reads the partitions that are assigned, each from where the store says: what Kafka was told of positions counts for nothing. */
export class PartitionReader {
  private readonly logger = new Logger('Kafka');
  private readonly partitions = new Map<string, Partition>();

  constructor(
    private readonly ports: ReaderPorts,
    private readonly stop: AbortSignal,
  ) {}

  /** After a failure, and not while `next` is on its way: all begins again where the store says. */
  forget(): void {
    this.partitions.clear();
  }

  /** What comes next of the partitions that are assigned; they go on behind it. */
  async next(): Promise<Map<Partition, Fetched>> {
    await this.takeAssigned();
    const fetched = new Map<Partition, Fetched>();
    if (this.partitions.size === 0) {
      await delay(IDLE_MS, undefined, { signal: this.stop, ref: false }).catch(() => undefined);
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
    const positions = await this.ports.positions([...new Set(fresh.map(([, { topicId }]) => topicId))]);
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
    this.ports.lost.inc({ topic }, Math.abs(to - next));
    this.logger.error(
      next < first
        ? `${topic}/${number}: the messages from ${next} to ${first - 1} are gone (retention) and were not stored`
        : `${topic}/${number}: the log ends at ${end}, before what is stored already (${next}): a broker has lost messages`,
    );
    return { messages: [], next: to, end };
  }
}
