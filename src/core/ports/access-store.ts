import type { AccessReceipt, NewAccessEntry } from '../records/access-entry.js';
import type { LogBatch, LogPosition } from './log-append.js';

/** A request that may be repeated: the same key within a day answers as the first did and stores nothing. */
export interface OnceRequest {
  projectId: number;
  /** 32 bytes, hex: a hash of the client's Idempotency-Key and the route. */
  key: string;
  /** 32 bytes, hex: of the body. */
  bodyDigest: string;
  entries: readonly NewAccessEntry[];
  /** Milliseconds since the epoch: past it the key is forgotten. */
  expiresAtMs: number;
  /** The answer that is kept with the key, in the same transaction; JSON. */
  answer: (receipts: readonly AccessReceipt[]) => unknown;
}

export interface OnceResult {
  /** What `answer` gave, now or the first time. */
  answer: unknown;
  /** Empty when it was answered before. */
  receipts: readonly AccessReceipt[];
}

/** Entries of a log. With `once` they are those of a request that may be repeated: nothing is stored where it was before. */
export interface AccessLogBatch extends LogBatch<NewAccessEntry, AccessReceipt> {
  once?: Omit<OnceRequest, 'entries'>;
}

export abstract class AccessStore {
  /**
   * Resolves once rows, what is to be counted and newly seen addresses are durable, in one transaction, with one receipt an entry,
   * in order. An entry that the store refuses is rejected; its neighbours are stored.
   * @throws SightlineError `storage_unavailable`: nothing is known of what became of these entries.
   */
  abstract append(entries: readonly NewAccessEntry[]): Promise<AccessReceipt[]>;

  /**
   * As `append`, together with an idempotency key; of two at once with the same key the second waits for the first.
   * @throws SightlineError `idempotency_conflict` for a key that came with another body.
   */
  abstract appendOnce(request: OnceRequest): Promise<OnceResult>;

  /**
   * As `append`, and moves the reader of a log in the same transaction. Without receipts where the request was stored before.
   * @throws PositionMoved, SightlineError `idempotency_conflict` as `appendOnce`
   */
  abstract appendFrom(batch: AccessLogBatch): Promise<readonly AccessReceipt[]>;

  /**
   * What a request was answered before, undefined where it is not known.
   * @throws SightlineError `idempotency_conflict` as `appendOnce`
   */
  abstract answerTo(request: Pick<OnceRequest, 'projectId' | 'key' | 'bodyDigest'>): Promise<unknown>;

  /** How far these topics are stored; a partition of which nothing is has none. */
  abstract positions(topicIds: readonly string[]): Promise<LogPosition[]>;
}

/** An address that entries came from. */
export interface SeenAddress {
  projectId: number;
  ip: string;
}

/** How many addresses a project has seen, told apart by who counted them: see UniqueIps. */
export interface AddressCounts {
  /** By project: counted by the receipts of this very store object. */
  own: Map<number, number>;
  /** By project: counted by everything else, earlier or elsewhere; what was forgotten is subtracted here. */
  others: Map<number, number>;
}

/** Every address that entries came from, once a project: what `unique_ips` counts. The same database as AccessStore's. */
export abstract class AddressStore {
  /** One look, at one moment. */
  abstract counts(): Promise<AddressCounts>;

  /**
   * Every address that was last seen on a UTC day (days since the epoch), in batches of some thousands, at constant memory; ends
   * early when `stop` is aborted. What is upserted meanwhile may be among them or not.
   */
  abstract seenOn(day: number, stop: AbortSignal): AsyncIterable<SeenAddress[]>;

  /** Removes addresses not seen since `day` (days since the epoch); many at a time, until `stop` is aborted. */
  abstract forgetBefore(day: number, stop: AbortSignal): Promise<void>;

  /**
   * Only with UNIQUE_IPS=approximate, where addresses are kept as the registers of a HyperLogLog and not one by one (`seenOn`
   * gives none): a project's registers, a byte each.
   */
  abstract registers(projectId: number): Promise<Uint8Array>;
}

/** How many addresses there are, over all projects. */
export abstract class UniqueIpCount {
  abstract total(): number;

  /** Takes what the store answered to entries of an append: whatever this process stores must be told, or is counted too late. */
  abstract takeReceipts(entries: readonly NewAccessEntry[], receipts: readonly AccessReceipt[]): void;
}
