/** Where what was read from a partition of a log is stored up to. */
export interface LogPosition {
  topicId: string;
  topic: string;
  partition: number;
  /** Of the first message that is not stored. */
  offset: number;
  /** When it was last moved. Milliseconds since the epoch, by the store's clock. */
  movedAtMs: number;
}

/** What a reader has read of a partition: the messages from `from` to before `to`. */
export interface LogMove extends Pick<LogPosition, 'topicId' | 'topic' | 'partition'> {
  /** The position as the reader knows it; null where the store has none yet. */
  from: number | null;
  to: number;
}

/** Records that were read from a log, and how far that brings its reader. */
export interface LogBatch<NewRecord, RecordReceipt> {
  records: readonly NewRecord[];
  moves: readonly LogMove[];
  /** Called before the commit, perhaps more than once, with what becomes of the records. Where it fails nothing is stored. */
  settle: (receipts: readonly RecordReceipt[]) => Promise<void>;
}

/** A position is not what a reader takes it for: another one has the partition now. Nothing was stored. */
export class PositionMoved extends Error {
  constructor() {
    super('another consumer has moved the position of a partition');
    this.name = 'PositionMoved';
  }
}
