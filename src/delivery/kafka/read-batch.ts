import type { NewDeadLetter } from '../../core/ports/dead-letters.js';
import type { LogMove } from '../../core/ports/log-append.js';
import type { DecodedMessage, LogIngest, LogOnce, RefusedRecord } from '../../core/ports/log-ingest.js';
import type { AccessReceipt } from '../../core/records/access-entry.js';
import type { Receipt } from '../../core/records/event.js';
import type { FetchedMessage } from './partition-fetch.js';
import type { Partition } from './partition-reader.js';

/** Where a record came from. */
interface Origin {
  partition: Partition;
  offset: number;
  /** Its place in the message. */
  index: number;
  writtenAt: number;
}

type Refused = RefusedRecord & { origin: Origin };

/** How records are kept as letters. */
type Encoder<NewRecord> = Pick<LogIngest<NewRecord, never>, 'kind' | 'encode'>;

/** What was read and is to be stored together. */
export class ReadBatch<NewRecord> {
  readonly records: NewRecord[] = [];
  /** Of each record. */
  private readonly origins: Origin[] = [];
  private readonly refused: Refused[] = [];
  /** Up to which offset each partition is read with it. */
  private readonly upTo = new Map<Partition, number>();
  once: LogOnce | undefined;

  get isEmpty(): boolean {
    return this.upTo.size === 0;
  }

  add(partition: Partition, { offset, writtenAt }: FetchedMessage, decoded: DecodedMessage<NewRecord>): void {
    const originOf = (index: number): Origin => ({ partition, offset, index, writtenAt });
    for (const record of decoded.records) this.records.push(record);
    for (const index of decoded.indexes) this.origins.push(originOf(index));
    for (const refused of decoded.refused) this.refused.push({ ...refused, origin: originOf(refused.index) });
    this.upTo.set(partition, offset + 1);
    this.once = decoded.once;
  }

  /** A partition is read to before `next`; some offsets hold no message. */
  readTo(partition: Partition, next: number): void {
    if (next > (this.upTo.get(partition) ?? partition.stored ?? -1)) this.upTo.set(partition, next);
  }

  moves(): LogMove[] {
    return [...this.upTo].map(([{ topicId, topic, partition, stored }, to]) => ({
      topicId,
      topic,
      partition,
      from: stored,
      to,
    }));
  }

  /** It is stored, and with it the positions. */
  stored(): void {
    for (const [partition, to] of this.upTo) partition.stored = to;
  }

  /** How many of the records came by each topic. */
  recordsByTopic(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { partition } of this.origins) {
      counts.set(partition.topic, (counts.get(partition.topic) ?? 0) + 1);
    }
    return counts;
  }

  /** What of it can never be stored: what is not valid, and what the store has refused. */
  letters(
    ingest: Encoder<NewRecord>,
    receipts: readonly (Receipt | AccessReceipt)[],
    attempts: number,
  ): NewDeadLetter[] {
    const rejected = receipts.flatMap((receipt, i) =>
      receipt.outcome === 'rejected' ? this.refusedRecord(ingest, i, 'refused_by_store', receipt.cause) : [],
    );
    return [...this.refused, ...rejected].map((refused) => letterOf(refused, ingest.kind, attempts));
  }

  /** The same where its Idempotency-Key came with another body before: all of it. */
  conflictingLetters(ingest: Encoder<NewRecord>, message: string, attempts: number): NewDeadLetter[] {
    const all = this.records.map((_, i) => this.refusedRecord(ingest, i, 'idempotency_conflict', message));
    return [...this.refused, ...all].map((refused) => letterOf(refused, ingest.kind, attempts));
  }

  private refusedRecord(
    ingest: Encoder<NewRecord>,
    i: number,
    reason: RefusedRecord['reason'],
    message: string,
  ): Refused {
    const record = this.records[i];
    const { projectId } = record as { projectId: number };
    const origin = this.origins[i];
    const payload = ingest.encode(record);
    return {
      origin,
      index: origin.index,
      projectId,
      format: 'own_record',
      payload,
      reason,
      message,
      details: [],
    };
  }
}

function letterOf(
  { origin, ...refused }: Refused,
  kind: NewDeadLetter['kind'],
  attempts: number,
): NewDeadLetter {
  const { partition, offset, index, writtenAt } = origin;
  const { topic, topicId, partition: number } = partition;
  const from = { topic, topicId, partition: number, offset, index };
  return { ...refused, kind, origin: from, attempts, failedAt: writtenAt };
}
