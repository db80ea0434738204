import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Consumer } from '@platformatic/kafka';
import type { Config } from '../../config/settings.js';
import { clientOptions, reasonOf } from './client.js';

const LOOK_EVERY_MS = 250;
const REJOIN_AFTER_MS = 1_000;
/** The broker asks for a heartbeat every 5 s; a member that had none answered for so long is not one any more, or soon not. */
const LOST_AFTER_MS = 15_000;

export interface PartitionOf {
  topic: string;
  partition: number;
}

/**
 * Membership in the consumer group: which partitions this process is to read. Cooperative (KIP-848): the broker moves single
 * partitions and nobody else stops. It says who should read, and no more: that nothing is stored twice is held by the positions
 * in the store, so that it may be wrong for a while.
 */
export class GroupMember {
  private readonly logger = new Logger('Kafka');
  private readonly stopping = new AbortController();
  private member: Consumer | null = null;
  private joinedAtMs = 0;
  private known = '[]';
  /** Those that were assigned last. While the broker is away they stay. */
  assigned: readonly PartitionOf[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly topics: readonly string[],
    private readonly rebalanced: () => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Tells Kafka, for its tools, how far partitions are stored: the next offset each. */
  async commit(positions: readonly (PartitionOf & { offset: number })[]): Promise<void> {
    if (this.member === null || positions.length === 0) return;
    const offsets = positions.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: BigInt(offset),
      leaderEpoch: -1,
    }));
    await this.member.commit({ offsets });
  }

  /** Leaves the group: others get the partitions at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.leave();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failing = false; !signal.aborted;) {
      try {
        if (this.member === null) await this.join();
        this.look();
        failing = false;
        await delay(LOOK_EVERY_MS, undefined, { signal, ref: false });
      } catch (error) {
        if (signal.aborted) return;
        if (!failing) this.logger.warn(`joining the consumer group again: ${reasonOf(error)}`);
        failing = true;
        await this.leave();
        await delay(REJOIN_AFTER_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  private async join(): Promise<void> {
    const member = new Consumer({
      ...clientOptions(this.config, 'worker'),
      groupId: this.config.kafkaGroup,
      groupProtocol: 'consumer',
      autocommit: false,
    });
    this.member = member;
    // an error that nobody listens for ends the process
    member.on('error', () => undefined);
    // Nobody reads the stream, and so it fetches nothing: what is read, and from where, is for the reader to say.
    const stream = await member.consume({ topics: [...this.topics], mode: 'earliest', autocommit: false });
    stream.on('error', () => undefined);
    this.joinedAtMs = Date.now();
  }

  /** @throws when this process is not a member any more */
  private look(): void {
    const { lastHeartbeat, assignments } = this.member!;
    if (Date.now() - Math.max(lastHeartbeat?.getTime() ?? 0, this.joinedAtMs) > LOST_AFTER_MS) {
      throw new Error(`no heartbeat was answered for ${LOST_AFTER_MS / 1000} s`);
    }
    // null until the first are told
    if (assignments === null) return;
    const partitions = assignments
      .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
      .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
    const text = JSON.stringify(partitions);
    if (text === this.known) return;
    this.known = text;
    this.assigned = partitions;
    this.rebalanced();
    this.logger.log(
      `reading ${partitions.map(({ topic, partition }) => `${topic}/${partition}`).join(', ') || 'nothing'}`,
    );
  }

  private async leave(): Promise<void> {
    const { member } = this;
    this.member = null;
    if (member === null) return;
    await Promise.race([
      Promise.resolve(member.close(true)).catch(() => undefined),
      delay(REJOIN_AFTER_MS, undefined, { ref: false }),
    ]);
  }
}
