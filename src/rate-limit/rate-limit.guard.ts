import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  ThrottlerGuard,
  type Resolvable,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';
import '../auth/index.js';
import { SightlineError } from '../core/errors.js';

/**
 * A token bucket for each key and client address (of IPv6 the /64, which one host has all of), or each address without
 * a key. Answers carry X-RateLimit-Limit (what the bucket holds), -Remaining and -Reset (seconds until it is full).
 * Public routes are free.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  private readonly decorated = new WeakMap<object, boolean>();

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @InjectMetric('rate_limited_total') private readonly limited: Counter,
  ) {
    super(options, storage, reflector);
  }

  // Most routes have none of the throttler's decorators, and looking for seven of them costs as much as the hit.
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.isDecorated(context)) return super.canActivate(context);
    if (await this.shouldSkip(context)) return true;
    const [throttler] = this.throttlers;
    const limit = await this.resolve(throttler.limit, context);
    const ttl = await this.resolve(throttler.ttl, context);
    const { getTracker, generateKey } = this.commonOptions as Required<typeof this.commonOptions>;
    return this.handleRequest({
      context,
      limit,
      ttl,
      throttler,
      blockDuration: ttl,
      getTracker,
      generateKey,
    });
  }

  private isDecorated(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    let decorated = this.decorated.get(handler);
    if (decorated === undefined) {
      const keys = [handler, context.getClass()].flatMap((target): unknown[] =>
        Reflect.getMetadataKeys(target),
      );
      decorated = keys.some((key) => String(key).startsWith('THROTTLER:'));
      this.decorated.set(handler, decorated);
    }
    return decorated;
  }

  private resolve(value: Resolvable<number>, context: ExecutionContext): number | Promise<number> {
    return typeof value === 'function' ? value(context) : value;
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.switchToHttp().getRequest<FastifyRequest>().caller === null);
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(`${request.caller?.key?.id ?? ''}@${normalizeIp(request.ip)}`);
  }

  // One bucket for all routes.
  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override throwThrottlingException(
    context: ExecutionContext,
    hit: ThrottlerLimitDetail,
  ): Promise<void> {
    this.limited.inc();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.headers({
      'X-RateLimit-Limit': hit.limit,
      'X-RateLimit-Remaining': 0,
      'X-RateLimit-Reset': hit.timeToExpire,
    });
    throw new SightlineError(
      'rate_limit_exceeded',
      'Too many requests. Try again after Retry-After seconds.',
      {
        retryAfterS: hit.timeToBlockExpire,
      },
    );
  }
}
