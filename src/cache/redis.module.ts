import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import type { RedisConnection } from './redis-connection.js';

/** Token of the `RedisConnection`; null without REDIS_URL. */
export const REDIS = Symbol('REDIS');

/** The one connection to Redis, for limits and the cache. */
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
  ],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: RedisConnection | null) {}

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.close();
  }
}
