import { Consumer, FetchIsolationLevels, ListOffsetTimestamps, type fetchV17 } from '@platformatic/kafka';
import type { Config } from '../../config/settings.js';
import type { Micros } from '../../core/time.js';
import { clientOptions, hasApiError } from './client.js';

/** Of one answer, of all partitions together and of one: a message that is larger comes alone. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_PARTITION_BYTES = 1024 * 1024;
/** How long the broker waits for something new to come. */
const MAX_WAIT_MS = 500;
/** Bits of a batch's attributes. */
const IS_CONTROL = 0b100000;

/** A partition of which the next messages are wanted. */
export interface Wanted {
  topicId: string;
  topic: string;
  partition: number;
  /** Of the first message that is wanted. */
  next: number;
}

export interface FetchedMessage {
  offset: number;
  /** Empty where the message has no value. */
  value: string;
  writtenAt: Micros;
}

export interface Fetched {
  messages: FetchedMessage[];
  /** Of the first message that comes after these; some offsets hold none. */
  next: number;
  /** Of the last message in the partition, plus 1. */
  end: number;
}

/** Reads partitions at offsets that the caller chooses. One request at a time: the broker answers none while it waits. */
export class PartitionFetch {
  private readonly client: Consumer;

  constructor(config: Config) {
    // Of no group: `groupId` is one that nobody joins.
    this.client = new Consumer({
      ...clientOptions(config, 'reader'),
      groupId: `${config.kafkaGroup}-reader`,
    });
    this.client.on('error', () => undefined);
  }

  /** The leaders of partitions, by topic; of a topic that was made anew, those of the new one. */
  async leaders(topics: readonly string[]): Promise<Map<string, { id: string; leaders: number[] }>> {
    const metadata = await this.client.metadata({ topics: [...topics] });
    return new Map(
      [...metadata.topics].map(([topic, { id, partitions }]) => [
        topic,
        { id, leaders: partitions.map(({ leader }) => leader) },
      ]),
    );
  }

  /**
   * What there is of partitions of one leader, or nothing after half a second.
   * @returns in the order of `wanted`; null for a partition whose `next` is not in the log any more
   */
  async fetch(leader: number, wanted: readonly Wanted[]): Promise<(Fetched | null)[]> {
    const topics = [...Map.groupBy(wanted, ({ topicId }) => topicId)].map(([topicId, partitions]) => ({
      topicId,
      partitions: partitions.map(({ partition, next }) => ({
        partition,
        fetchOffset: BigInt(next),
        partitionMaxBytes: MAX_PARTITION_BYTES,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
      })),
    }));
    try {
      const response = await this.client.fetch({
        node: leader,
        topics,
        minBytes: 1,
        maxBytes: MAX_BYTES,
        maxWaitTime: MAX_WAIT_MS,
        isolationLevel: FetchIsolationLevels.READ_COMMITTED,
      });
      return fetchedOf(response, wanted);
    } catch (error) {
      this.client.clearMetadata();
      const { response } = error as { response?: FetchResponse };
      // The answer has the others all the same.
      if (response && hasApiError(error, 'OFFSET_OUT_OF_RANGE')) return fetchedOf(response, wanted);
      throw error;
    }
  }

  /** The first and the next offset of each partition of topics. */
  async bounds(topics: readonly string[]): Promise<Map<string, { first: number; end: number }[]>> {
    const offsets = (timestamp: bigint) => this.client.listOffsets({ topics: [...topics], timestamp });
    const ends = await offsets(ListOffsetTimestamps.LATEST);
    const firsts = await offsets(ListOffsetTimestamps.EARLIEST);
    return new Map(
      [...ends].map(([topic, found]) => [
        topic,
        found.map((end, partition) => ({ first: Number(firsts.get(topic)![partition]), end: Number(end) })),
      ]),
    );
  }

  async stop(): Promise<void> {
    await Promise.resolve(this.client.close(true)).catch(() => undefined);
  }
}

type FetchResponse = fetchV17.FetchResponse;

const OFFSET_OUT_OF_RANGE = 1;

function fetchedOf({ responses }: FetchResponse, wanted: readonly Wanted[]): (Fetched | null)[] {
  const partitions = new Map(
    responses.flatMap(({ topicId, partitions }) =>
      partitions.map((partition) => [`${topicId} ${partition.partitionIndex}`, partition] as const),
    ),
  );
  return wanted.map(({ topicId, partition, next }) => {
    const found = partitions.get(`${topicId} ${partition}`);
    if (found === undefined) return { messages: [], next, end: next };
    if (found.errorCode === OFFSET_OUT_OF_RANGE) return null;
    const fetched: Fetched = { messages: [], next, end: Number(found.highWatermark) };
    for (const batch of found.records ?? []) {
      const first = Number(batch.firstOffset);
      if ((batch.attributes & IS_CONTROL) === 0) {
        for (const { offsetDelta, timestampDelta, value } of batch.records) {
          const offset = first + offsetDelta;
          // a batch comes whole, also where its beginning was read before
          if (offset < next) continue;
          const writtenAt = Number(batch.firstTimestamp + timestampDelta) * 1000;
          fetched.messages.push({ offset, value: value?.toString('utf8') ?? '', writtenAt });
        }
      }
      fetched.next = Math.max(fetched.next, first + batch.lastOffsetDelta + 1);
    }
    return fetched;
  });
}
