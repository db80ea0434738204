import '../auth/index.js';
import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { rateLimitExceeded } from '../core/errors.js';
import type { Caller } from '../core/ports/api-key.js';
import { rateOf, type Rate } from '../core/token-bucket.js';
import { Buckets, type Hit } from './buckets.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its token was taken before its body was read. */
    hasToken: boolean;
  }
}

/**
 * A token bucket for each key and client address (of IPv6 the /64, which one host has all of), or each address without
 * a key. Answers carry X-RateLimit-Limit (what the bucket holds), -Remaining and -Reset (seconds until it is full).
 * With RATE_LIMIT_REQUESTS_PER_MINUTE=0 only keys that have a limit of their own are held to it.
 * Public routes have their limit elsewhere (http/server/early-checks.ts). What brings a body has its token taken before that is
 * read (admission.ts): @Throttle and @SkipThrottle are for routes that take none.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() private readonly buckets: Buckets,
    reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super(options, buckets, reflector);
  }

  /** Takes a token of the request's caller. A promise only where the buckets are elsewhere. @throws SightlineError `rate_limit_exceeded` */
  take(request: FastifyRequest, reply: FastifyReply): void | Promise<void> {
    request.hasToken = true;
    const rate = callerRate(this.config, request.caller);
    if (rate === null) return;
    const hit = this.buckets.take(trackerOf(request), rate);
    if (hit instanceof Promise) return hit.then((taken) => this.answer(reply, rate.capacity, taken));
    this.answer(reply, rate.capacity, hit);
  }

  private answer(reply: FastifyReply, limit: number, hit: Hit): void {
    void reply
      .header('x-ratelimit-limit', limit)
      .header('x-ratelimit-remaining', Math.max(0, limit - hit.totalHits))
      .header('x-ratelimit-reset', hit.timeToExpire);
    if (hit.isBlocked) throw rateLimitExceeded(hit.timeToBlockExpire);
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    const { hasToken, caller } = context.getArgByIndex<FastifyRequest>(0);
    return Promise.resolve(hasToken || callerRate(this.config, caller) === null);
  }

  protected override throwThrottlingException(
    context: ExecutionContext,
    hit: ThrottlerLimitDetail,
  ): Promise<void> {
    this.answer(context.getArgByIndex<FastifyReply>(1), hit.limit, hit);
    return Promise.resolve();
  }
}

/** Whose bucket it is: one for all routes. */
export function trackerOf({ caller, ip }: FastifyRequest): string {
  return `${caller?.key?.id ?? ''}@${normalizeIp(ip)}`;
}

/** The server's rate, or that of the caller's key where it has one of its own; null where there is no limit. */
export function callerRate(config: Config, caller: Caller | null): Rate | null {
  const own = caller?.key?.rateLimitPerMinute ?? null;
  if (own === null && config.rateLimitPerMinute === 0) return null;
  return rateOf(config.rateLimitBurst, config.rateLimitPerMinute, own);
}
