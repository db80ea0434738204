export interface Cached<T> {
  value: T;
  hit: boolean;
  /** Whole seconds since the value was computed; 0 when it was computed for this call. */
  ageS: number;
}

/**
 * Answers computed once and kept for a while, by scope (a project): storing anything in a scope makes its answers stale at once.
 * A cache that cannot be reached means slower, never wrong and never an error.
 */
export abstract class Cache {
  /**
   * One computation per key in flight in this process. `fresh` skips what is kept, and keeps the new value. Values must be JSON;
   * those that `isKept` refuses, for their size, are given out and not kept.
   */
  abstract getOrCompute<T>(
    scope: string,
    key: string,
    ttlMs: number,
    compute: () => Promise<T>,
    fresh?: boolean,
    isKept?: (value: T) => boolean,
  ): Promise<Cached<T>>;

  /** What was computed for these scopes before now is not given out again. */
  abstract invalidate(scopes: Iterable<string>): Promise<void>;

  /** `off` where there is no remote cache to be down. */
  abstract state(): 'up' | 'down' | 'off';
}
