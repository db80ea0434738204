import { Inject, Module, type ExecutionContext, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AuthModule } from '../auth/auth.module.js';
import { Authenticator } from '../auth/authenticator.js';
import { REDIS } from '../cache/cache.module.js';
import type { RedisConnection } from '../cache/redis-connection.js';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/ports/clock.js';
import { admitBeforeBody } from './admission.js';
import { MemoryBuckets, RedisBuckets } from './buckets.js';
import { RateLimitGuard, callerRate, trackerOf } from './rate-limit.guard.js';

/** The limit of every route that is not public; import it after AuthModule, whose guard must have run. */
@Module({
  imports: [
    AuthModule,
    ThrottlerModule.forRootAsync({
      inject: [CONFIG, Clock, REDIS],
      useFactory: optionsOf,
    }),
  ],
  providers: [RateLimitGuard, { provide: APP_GUARD, useExisting: RateLimitGuard }],
})
export class RateLimitModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly limit: RateLimitGuard,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    admitBeforeBody(fastify, this.authenticator, this.limit);
  }
}

function optionsOf(config: Config, clock: Clock, redis: RedisConnection | null): ThrottlerModuleOptions {
  // Callers without a limit are skipped earlier.
  const rate = (context: ExecutionContext) =>
    callerRate(config, context.getArgByIndex<FastifyRequest>(0).caller)!;
  const memory = new MemoryBuckets(clock);
  return {
    throttlers: [{ limit: (context) => rate(context).capacity, ttl: (context) => rate(context).fillMs }],
    getTracker: (request) => trackerOf(request as FastifyRequest),
    generateKey: (_context, tracker) => tracker,
    storage: redis === null ? memory : new RedisBuckets(redis, memory),
  };
}
