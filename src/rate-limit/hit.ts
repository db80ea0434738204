import { secondsUntil, type Rate } from '../core/token-bucket.js';

/** A hit in the throttler's words: hits are tokens that are out, times are whole seconds. */
export interface Hit {
  totalHits: number;
  /** Until the bucket is full. */
  timeToExpire: number;
  isBlocked: boolean;
  /** Until a hit passes; 0 if this one did. */
  timeToBlockExpire: number;
}

export function hitOf(passes: boolean, tokens: number, rate: Rate): Hit {
  return {
    totalHits: rate.capacity - Math.floor(tokens),
    timeToExpire: secondsUntil(rate.capacity, tokens, rate),
    isBlocked: !passes,
    timeToBlockExpire: passes ? 0 : Math.max(1, secondsUntil(1, tokens, rate)),
  };
}
