import type { AccessReceipt, NewAccessEntry } from '../records/access-entry.js';
import type { NewEvent, Receipt } from '../records/event.js';
import type { Micros } from '../time.js';
import type { OnceRequest } from './access-store.js';
import type { LetterKind, NewDeadLetter } from './dead-letters.js';
import type { LogBatch, LogPosition } from './log-append.js';

/** How a message is read. `own`: a chunk as core/records/record-format.ts writes it. The others are what other producers write: KAFKA_SOURCES. */
export type LogFormat = 'own' | 'records' | 'lines';

export interface LogMessage {
  format: LogFormat;
  /** Of a topic that others write; null where the records name theirs. */
  projectId: number | null;
  value: string;
  /** Records that have no time of receipt are received then. */
  writtenAt: Micros;
}

/** A record that can never be stored as it came; where it came from is for the reader of the log to add. */
export interface RefusedRecord extends Pick<
  NewDeadLetter,
  'projectId' | 'format' | 'payload' | 'reason' | 'message' | 'details'
> {
  /** Its place in the message. */
  index: number;
}

/** Of a request with an Idempotency-Key: what kept it from being stored twice. */
export type LogOnce = Omit<OnceRequest, 'entries'>;

export interface DecodedMessage<NewRecord> {
  records: NewRecord[];
  /** Their places in the message. */
  indexes: number[];
  refused: RefusedRecord[];
  once?: LogOnce;
}

/** Takes records of one kind from a log into their store. */
export abstract class LogIngest<NewRecord, RecordReceipt extends Receipt | AccessReceipt> {
  abstract readonly kind: LetterKind;

  /** The records of a message; one that holds none that can be read is refused as a whole. Never throws for what is in it. */
  abstract decode(message: LogMessage): DecodedMessage<NewRecord>;

  /** A record as a dead letter keeps it. */
  abstract readonly encode: (record: NewRecord) => string;

  /** As the store's `appendFrom`, and all that follows from it: caches, metrics. */
  abstract append(
    batch: LogBatch<NewRecord, RecordReceipt> & { once?: LogOnce },
  ): Promise<readonly RecordReceipt[]>;

  /** As the store's. */
  abstract positions(topicIds: readonly string[]): Promise<LogPosition[]>;
}

export abstract class EventLogIngest extends LogIngest<NewEvent, Receipt> {}

export abstract class AccessLogIngest extends LogIngest<NewAccessEntry, AccessReceipt> {}
