import { Global, Module } from '@nestjs/common';
import { getToken, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { Cache } from '../core/cache.js';
import { Clock } from '../core/clock.js';
import { MemoryCache } from './memory-cache.js';
import { RedisCache } from './redis-cache.js';
import type { RedisConnection } from './redis-connection.js';
import { REDIS, RedisModule } from './redis.module.js';

const METRIC = 'cache_requests_total';

/** `Cache`, in Redis where REDIS_URL is set, else in the process. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
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
  exports: [Cache, RedisModule],
})
export class CacheModule {}
