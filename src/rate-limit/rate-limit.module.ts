import { Module, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyRequest } from 'fastify';
import { RedisConnection } from '../cache/redis-connection.js';
import { REDIS, RedisModule } from '../cache/redis.module.js';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { MemoryBuckets } from './memory-buckets.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RedisBuckets } from './redis-buckets.js';
import { callerRate } from './caller-rate.js';

/** The limit of every route that is not public; import it after AuthModule, whose guard must have run. */
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      imports: [RedisModule],
      inject: [CONFIG, Clock, REDIS],
      useFactory: optionsOf,
    }),
  ],
  providers: [
    { provide: APP_GUARD, useClass: RateLimitGuard },
    makeCounterProvider({ name: 'rate_limited_total', help: 'Requests refused by the rate limit.' }),
  ],
})
export class RateLimitModule {}

function optionsOf(config: Config, clock: Clock, redis: RedisConnection | null): ThrottlerModuleOptions {
  const rate = (context: ExecutionContext) =>
    callerRate(config, context.getArgByIndex<FastifyRequest>(0).caller);
  const memory = new MemoryBuckets(clock);
  return {
    throttlers: [{ limit: (context) => rate(context).capacity, ttl: (context) => rate(context).fillMs }],
    storage: redis === null ? memory : new RedisBuckets(redis, memory),
  };
}
