import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Redis } from 'ioredis';
import type { RedisConnection } from '../cache/redis-connection.js';
import type { Clock } from '../core/ports/clock.js';
import { type Rate, secondsUntil, TokenBuckets, TOKEN } from '../core/token-bucket.js';

// token-bucket.ts in Lua, by the clock of Redis, which all processes share. A refused hit writes nothing; an idle
// bucket is gone when it would be full. %.17g keeps every digit: Lua's own form cuts a double to 14.
const TAKE = `
local clock = redis.call('time')
local now = clock[1] * 1000 + clock[2] / 1000
local capacity, fill = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('hmget', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or capacity, tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * capacity / fill)
if tokens < ${TOKEN} then
  if now < at then redis.call('hset', KEYS[1], 'at', string.format('%.17g', now)) end
  return {0, string.format('%.17g', tokens)}
end
tokens = math.max(0, tokens - 1)
redis.call('hset', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', now))
redis.call('pexpire', KEYS[1], string.format('%.0f', math.ceil((capacity - tokens) * fill / capacity)))
return {1, string.format('%.17g', tokens)}`;

/** Token buckets by key, as the throttler's storage. */
export abstract class Buckets implements ThrottlerStorage {
  /** Takes a token, if there is one. A promise only where the buckets are elsewhere. */
  abstract take(key: string, rate: Rate): Hit | Promise<Hit>;

  /** `limit` is the bucket's capacity, `ttl` the milliseconds in which it fills. */
  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    return Promise.resolve(this.take(key, { capacity: limit, fillMs: ttl }));
  }
}

/**
 * In the throttler's terms: `totalHits` are the tokens taken. Times are whole seconds, `timeToExpire` until the bucket is full,
 * `timeToBlockExpire` until a hit passes; 0 if this one did.
 */
export type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

export function hitOf(passes: boolean, tokens: number, rate: Rate): Hit {
  return {
    totalHits: rate.capacity - Math.floor(tokens),
    timeToExpire: secondsUntil(rate.capacity, tokens, rate),
    isBlocked: !passes,
    timeToBlockExpire: passes ? 0 : Math.max(1, secondsUntil(1, tokens, rate)),
  };
}

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

/** Token buckets that all processes share. While Redis is away each process counts by itself: never an error, never a wait. */
export class RedisBuckets extends Buckets {
  constructor(
    private readonly redis: RedisConnection,
    private readonly fallback: Buckets,
  ) {
    super();
    redis.client.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE });
  }

  async take(key: string, rate: Rate): Promise<Hit> {
    const hit = await this.redis.run((client) =>
      (client as BucketRedis).takeToken(`sightline:limit:${key}`, rate.capacity, rate.fillMs),
    );
    if (hit === null) return this.fallback.take(key, rate);
    return hitOf(hit[0] === 1, Number(hit[1]), rate);
  }
}

interface BucketRedis extends Redis {
  takeToken(key: string, capacity: number, fillMs: number): Promise<[passes: 0 | 1, tokens: string]>;
}
