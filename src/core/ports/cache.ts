export interface Cached {
  /** As it was computed, to be sent as it is: an answer of 5 MB takes longer to parse and serialise than to count. */
  json: string;
  hit: boolean;
  /** Whole seconds since it was computed; 0 when it was computed for this call. */
  ageS: number;
}

/**
 * Answers computed once and kept for a while, by scope (a project): storing anything in a scope makes its answers stale at once.
 * A cache that cannot be reached means slower, never wrong and never an error.
 */
export abstract class Cache {
  /**
   * One computation per key in flight in this process. `fresh` skips what is kept, and keeps the new answer. One of more than
   * `mostCharacters` is given out and not kept.
   */
  abstract getOrCompute(
    scope: string,
    key: string,
    ttlMs: number,
    compute: () => Promise<string>,
    fresh?: boolean,
    mostCharacters?: number,
  ): Promise<Cached>;

  /** The same of an answer that is not JSON yet. */
  getOrSerialize(
    scope: string,
    key: string,
    ttlMs: number,
    compute: () => Promise<object>,
    fresh?: boolean,
  ): Promise<Cached> {
    return this.getOrCompute(scope, key, ttlMs, async () => JSON.stringify(await compute()), fresh);
  }

  /** What was computed for these scopes before now is not given out again. */
  abstract invalidate(scopes: Iterable<string>): Promise<void>;

  /** `off` where there is no remote cache to be down. */
  abstract state(): 'up' | 'down' | 'off';
}
