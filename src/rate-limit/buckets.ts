import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Hit } from './hit.js';
import type { Rate } from '../core/token-bucket.js';

/** Token buckets by key, with the throttler's storage as a second face. */
export abstract class Buckets implements ThrottlerStorage {
  /** Takes a token, if there is one. A promise only where the buckets are elsewhere. */
  abstract take(key: string, rate: Rate): Hit | Promise<Hit>;

  /** `limit` is the bucket's capacity, `ttl` the milliseconds in which it fills. */
  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    return Promise.resolve(this.take(key, { capacity: limit, fillMs: ttl }));
  }
}
