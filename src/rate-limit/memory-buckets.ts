import type { Clock } from '../core/clock.js';
import { TokenBuckets, type Rate } from '../core/token-bucket.js';
import { Buckets } from './buckets.js';
import { hitOf, type Hit } from './hit.js';

/** The token buckets of one process. */
export class MemoryBuckets extends Buckets {
  private readonly buckets: TokenBuckets;

  constructor(clock: Clock, maxBuckets?: number) {
    super();
    this.buckets = new TokenBuckets(clock, maxBuckets);
  }

  take(key: string, rate: Rate): Hit {
    const { passes, tokens } = this.buckets.take(key, rate);
    return hitOf(passes, tokens, rate);
  }
}
