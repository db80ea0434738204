import type { Redis } from 'ioredis';
import type { RedisConnection } from '../cache/redis-connection.js';
import { Buckets } from './buckets.js';
import { hitOf, type Hit } from './hit.js';
import { TOKEN, type Rate } from '../core/token-bucket.js';

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

interface BucketRedis extends Redis {
  takeToken(key: string, capacity: number, fillMs: number): Promise<[passes: 0 | 1, tokens: string]>;
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
