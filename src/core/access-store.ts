import type { AccessReceipt, NewAccessEntry } from './access-entry.js';

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
}

/** An address that was noted. */
export interface NotedAddress {
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
   * Every address that was last noted on a UTC day (days since the epoch), in batches of some thousands, at constant memory; ends
   * early when `stop` is aborted. What is noted meanwhile may be among them or not.
   */
  abstract notedOn(day: number, stop: AbortSignal): AsyncIterable<NotedAddress[]>;

  /** Removes addresses not noted since `day` (days since the epoch); many at a time, until `stop` is aborted. */
  abstract forgetBefore(day: number, stop: AbortSignal): Promise<void>;

  /**
   * Only with UNIQUE_IPS=approximate, where addresses are kept as the registers of a HyperLogLog and not one by one (`notedOn`
   * gives none): a project's registers, a byte each.
   */
  abstract registers(projectId: number): Promise<Uint8Array>;
}

/** How many addresses there are, over all projects. */
export abstract class UniqueIpCount {
  abstract total(): number;

  /** Takes what the store answered to entries of an append: whatever this process stores must be told, or is counted too late. */
  abstract noted(entries: readonly NewAccessEntry[], receipts: readonly AccessReceipt[]): void;
}
