import { hash } from 'node:crypto';
import pRetry, { type Options as RetryOptions } from 'p-retry';
import { SightlineError } from '../../core/errors.js';
import type { AccessStore, OnceResult } from '../../core/ports/access-store.js';
import type { Clock } from '../../core/ports/clock.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import { DAY_MS } from '../../core/time.js';

/** A log that is imported as it grows is known by its first chunk: for longer than any is written to. */
const REMEMBERED_MS = 400 * DAY_MS;
/** To store a chunk again is always safe: a database that is away for a while ends no import. */
const PATIENTLY: RetryOptions = {
  retries: Infinity,
  minTimeout: 500,
  factor: 1,
  maxRetryTime: 60_000,
  shouldRetry: ({ error }) => error instanceof SightlineError && error.code === 'storage_unavailable',
};

class NotAnswered extends Error {}

/**
 * What imports remember, in the database that they store into: with the key of a chunk, in the transaction that stored it. So it
 * belongs to whom the entries belong to, and is there wherever the next import runs.
 */
export class Answers {
  constructor(
    private readonly store: AccessStore,
    private readonly clock: Clock,
    private readonly projectId: number,
  ) {}

  /** What was given for a key; null where nothing was. */
  async find(name: string): Promise<unknown> {
    const answer = (): never => {
      throw new NotAnswered();
    };
    try {
      return (await this.once(name, [], answer)).answer;
    } catch (error) {
      if (error instanceof NotAnswered) return null;
      throw error;
    }
  }

  /** Stores entries and what `answer` makes of it, unless there is an answer for the key: then gives that one. */
  async once(
    name: string,
    entries: readonly NewAccessEntry[],
    answer: (receipts: readonly AccessReceipt[]) => unknown,
  ): Promise<OnceResult & { attempts: number }> {
    const key = hash('sha256', `sightline import ${name}`);
    const expiresAtMs = this.clock.nowMs() + REMEMBERED_MS;
    const request = { projectId: this.projectId, key, bodyDigest: key, entries, expiresAtMs, answer };
    const append = async (attempts: number) => ({ ...(await this.store.appendOnce(request)), attempts });
    return pRetry(append, PATIENTLY);
  }
}
