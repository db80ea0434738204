import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  ThrottlerGuard,
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
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    @InjectMetric('rate_limited_total') private readonly limited: Counter,
  ) {
    super(options, storage, reflector);
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
