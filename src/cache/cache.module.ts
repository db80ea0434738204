import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { getToken, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Cache } from '../core/ports/cache.js';
import { Clock } from '../core/ports/clock.js';
import { MemoryCache } from './memory-cache.js';
import { RedisCache } from './redis-cache.js';
import type { RedisConnection } from './redis-connection.js';

/** Token of the `RedisConnection`; null without REDIS_URL. */
export const REDIS = Symbol('REDIS');
const METRIC = 'cache_requests_total';

/** `Cache`, in Redis where REDIS_URL is set, else in the process; and the one connection to Redis, which limits use too. */
@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      inject: [CONFIG],
      useFactory: async (config: Config): Promise<RedisConnection | null> => {
        if (config.redisUrl === '') return null;
        // Loaded where it is wanted: its client takes 6 MB of every process.
        const { RedisConnection } = await import('./redis-connection.js');
        const redis = new RedisConnection(config.redisUrl);
        await redis.connect();
        return redis;
      },
    },
    makeCounterProvider({
      name: METRIC,
      help: 'Lookups in the cache: hit, miss, or error while Redis is unavailable.',
      labelNames: ['result'],
    }),
    {
      provide: Cache,
      inject: [REDIS, Clock, getToken(METRIC)],
      useFactory: (redis: RedisConnection | null, clock: Clock, requests: Counter<'result'>): Cache => {
        for (const result of ['hit', 'miss', 'error']) requests.inc({ result }, 0);
        return redis === null ? new MemoryCache(clock, requests) : new RedisCache(redis, clock, requests);
      },
    },
  ],
  exports: [Cache, REDIS],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: RedisConnection | null) {}

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.close();
  }
}
