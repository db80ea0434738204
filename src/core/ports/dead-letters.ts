import type { FieldError } from '../errors.js';
import type { Micros } from '../time.js';
import type { Actor } from './audit.js';

/** The kind of record that a letter was to become. */
export const LETTER_KINDS = ['events', 'access'] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

export const LETTER_STATES = ['waiting', 'replayed', 'dropped'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/**
 * Why a record cannot be stored: its text is none that a record is read from, validation refuses it, the database does, or its
 * Idempotency-Key came with another body before.
 */
export const LETTER_REASONS = [
  'invalid_message',
  'validation_error',
  'refused_by_store',
  'idempotency_conflict',
] as const;
export type LetterReason = (typeof LETTER_REASONS)[number];

/**
 * How the payload is read again. `own_record`: one record as core/records/record-format.ts writes it, which names its project and time of
 * receipt. `record`: one record as the API takes it, of the letter's project. `line`: one line of an access log as POST /upload
 * takes it. `message`: a whole message that could not be split; one of our own topics where the letter has no project.
 */
export const LETTER_FORMATS = ['own_record', 'record', 'line', 'message'] as const;
export type LetterFormat = (typeof LETTER_FORMATS)[number];

/** Most bytes of a payload that are kept, as UTF-8: of a longer one its beginning, which can be looked at but not replayed. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** Of one page. */
export const MAX_LETTERS = 1_000;

/** What is wrong with a record, in a sentence. */
export function describeErrors(errors: readonly FieldError[]): string {
  const [first, ...others] = errors.map(({ field, message }) =>
    field === '' ? message : `${field} ${message}`,
  );
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}

/** Where in Kafka a record came from. */
export interface LetterOrigin {
  topic: string;
  /** UUID: a topic that is made anew under its name has other offsets. */
  topicId: string;
  partition: number;
  offset: number;
  /** Its place in the message, from 0. */
  index: number;
}

/** A record that can never be stored as it came. */
export interface NewDeadLetter {
  kind: LetterKind;
  /** null where what came does not tell. */
  projectId: number | null;
  format: LetterFormat;
  /** What came; the store keeps MAX_PAYLOAD_BYTES of it. */
  payload: string;
  reason: LetterReason;
  /** In a sentence, for people. */
  message: string;
  details: readonly FieldError[];
  /** null where it did not come by Kafka. */
  origin: LetterOrigin | null;
  /**
   * Without an origin: what makes it the same letter as one that is waiting, such as the event_id, so that a client that sends an
   * event again and again fills no table. Default: its payload.
   */
  identity?: string;
  /** How often storing it was tried. */
  attempts: number;
  /** When it was given up. A record without a time of its own is replayed as received then. */
  failedAt: Micros;
}

/** How a replay ended: what became of the records that the payload holds, one but for `message`. */
export interface ReplayOutcome {
  stored: number;
  /** Events that the project had already. */
  duplicates: number;
  /** Of a message that could be split now: records that were listed as letters of their own. */
  listed: number;
}

/** A letter as it is listed, without its payload. */
export interface ListedLetter extends Omit<NewDeadLetter, 'payload' | 'identity'> {
  id: number;
  state: LetterState;
  /** Its name; null where there is no such project. */
  project: string | null;
  /** What came had so many bytes, as UTF-8. */
  payloadBytes: number;
  /** When it was replayed or dropped. */
  settledAt: Micros | null;
  /** Of a replayed one. */
  outcome: ReplayOutcome | null;
}

export interface DeadLetter extends ListedLetter {
  payload: string;
  /** More came than was kept. */
  isCut: boolean;
}

/** What is left out does not narrow. */
export interface LetterFilter {
  state?: LetterState;
  reason?: LetterReason;
  kind?: LetterKind;
  /** Its name. */
  project?: string;
}

export interface LetterPage {
  letters: ListedLetter[];
  /** The id that the next page begins below; null on the last. */
  next: number | null;
}

/** Which waiting letters a batch may have, by id: those after one, up to another. */
export interface LetterRange {
  /** Exclusive. */
  after: number;
  /** Inclusive. */
  upTo: number;
}

/** A waiting letter that is done with. */
export type Settlement = { id: number } & (
  | {
      state: 'replayed';
      outcome: ReplayOutcome;
      /** What of it could not be stored, to be listed in the same transaction: of a message that could be split. */
      listed?: readonly NewDeadLetter[];
    }
  | { state: 'dropped' }
);

/** A replay that failed. */
export interface FailedReplay extends Pick<NewDeadLetter, 'reason' | 'message' | 'details'> {
  id: number;
  /** `attempts` as it was before: of two replays at once only one counts. */
  attempts: number;
}

/** Records that can never be stored as they came, of either kind. Always in PostgreSQL. */
export abstract class DeadLetterStore {
  /**
   * Lists those that are not listed yet, in any state where they have an origin; durable when it resolves. Gives the new ones.
   * Of two that are the same in `letters` one is listed.
   */
  abstract add(letters: readonly NewDeadLetter[]): Promise<NewDeadLetter[]>;

  /** Newest first. `before` is `next` of an earlier page of the same filter. */
  abstract page(filter: LetterFilter, limit: number, before: number | null): Promise<LetterPage>;

  abstract byId(id: number): Promise<DeadLetter | null>;

  /** Waiting ones, oldest first: at most `limit`, and no more than have `maxBytes` of payload together, but at least one. */
  abstract batch(
    filter: Omit<LetterFilter, 'state'>,
    range: LetterRange,
    limit: number,
    maxBytes: number,
  ): Promise<DeadLetter[]>;

  /** The id of the last letter that was listed; 0 where there is none. */
  abstract lastId(): Promise<number>;

  /** How many are waiting. */
  abstract waiting(): Promise<number>;

  /** Settles those that are waiting still, with an entry in the audit log, in one transaction. Gives their ids. */
  abstract settle(settlements: readonly Settlement[], actor: Actor): Promise<number[]>;

  /** Keeps why replays failed; a letter that was settled or tried again meanwhile stays as it is. */
  abstract fail(failures: readonly FailedReplay[]): Promise<void>;

  /** Removes letters that were settled before; those that wait stay. Ends early, with some left, once `stop` is aborted. */
  abstract prune(beforeMs: number, stop: AbortSignal): Promise<void>;
}
