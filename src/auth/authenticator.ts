import './caller-property.js';
import { Inject, Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { SightlineError, storageUnavailable } from '../core/errors.js';
import { DEFAULT_PROJECT, type Caller } from '../core/ports/api-key.js';
import { Clock } from '../core/ports/clock.js';
import { rateOf, TokenBuckets, type Rate } from '../core/token-bucket.js';
import { keyOfBeacon } from './beacon.js';
import { KeyRegistry } from './key-registry.js';
import { digestOf } from './key-text.js';
import type { KeyCaller, SessionCaller } from './known-callers.js';
import { keyOfLogIn } from './log-in.js';
import { presentedKey, type Presented } from './presented-key.js';
import { originOf } from './request-origin.js';
import { tokenOf } from './session-cookie.js';
import { UsageCounter } from './usage-counter.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The rate at which an address may present wrong keys where requests themselves are unlimited. */
const GUESSES_PER_MINUTE = 1_000;

/** Finds out who is asking. Returns a promise only for an unknown key or session: the hot path is synchronous. */
@Injectable()
export class Authenticator {
  /** By client address: how many wrong keys it may present, and how many unknown ones it may have looked up. */
  private readonly guesses: TokenBuckets;
  private readonly guessRate: Rate;

  constructor(
    private readonly registry: KeyRegistry,
    private readonly usage: UsageCounter,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.guesses = new TokenBuckets(clock);
    this.guessRate = rateOf(config.rateLimitBurst, config.rateLimitPerMinute || GUESSES_PER_MINUTE, null);
  }

  /**
   * The one entrance: by the key, where the route takes it from (headers, for a log-in the body, for a beacon the query), else by
   * the session of the cookie, else as anybody.
   * @throws SightlineError `unauthorized`, always in the same words; `rate_limit_exceeded` for an address that has been told
   * so too often; `storage_unavailable` while keys cannot be looked up; `forbidden` where a page that is not the server's own
   * would use the session, or log in, or one that is not of BEACON_ORIGINS sends a beacon, or that key may do more than ingest;
   * `validation_error` for a log-in without a key.
   */
  authenticate(request: FastifyRequest, route = request.routeOptions.config): Caller | Promise<Caller> {
    const presented = this.presented(request, route);
    if (presented === 'refused') throw this.refusal(request);
    if (presented !== 'none') {
      const caller = this.byKey(presented.key, request);
      if (!presented.isInQuery) return caller;
      return caller instanceof Promise ? caller.then(forIngestAlone) : forIngestAlone(caller);
    }
    const token = tokenOf(request);
    return token === null ? this.anonymous(request) : this.bySession(digestOf(token), request);
  }

  private presented(request: FastifyRequest, route: FastifyContextConfig): Presented {
    if (route.keyInBody) return keyOfLogIn(request);
    if (route.keyInQuery) return keyOfBeacon(request, this.config.beaconOrigins);
    return presentedKey(request.raw.rawHeaders, request.query);
  }

  private byKey(key: string, request: FastifyRequest): Caller | Promise<Caller> {
    const caller = this.registry.find(key);
    if (caller) return this.admit(caller, request);
    const refusal = this.refusal(request);
    return this.lookUp(() => this.registry.find(key)).then((found) => {
      if (found) return this.admit(found, request);
      throw refusal;
    });
  }

  /**
   * What to tell somebody whose key does not count: one of the guesses of the address.
   * @throws SightlineError `rate_limit_exceeded` where it has none left: nothing more is looked up for it
   */
  private refusal({ ip }: Pick<FastifyRequest, 'ip'>): SightlineError {
    this.guesses.require(normalizeIp(ip), this.guessRate);
    return unauthorized();
  }

  /** Would the request's caller still be admitted? For endless answers; asks no database. */
  isStillAdmitted({ caller }: Pick<FastifyRequest, 'caller'>): boolean {
    if (!caller?.key) return true;
    const nowMs = this.clock.nowMs();
    const { key, session } = caller;
    const known = session ? this.registry.findSession(session.digest) : this.registry.findById(key.id);
    return known !== undefined && endOf(known) > nowMs && this.registry.trusted(nowMs);
  }

  private bySession(digest: string, request: FastifyRequest): Caller | Promise<Caller> {
    const caller = this.registry.findSession(digest);
    if (caller) return this.admitSession(caller, request);
    // Another process may have created it a moment ago.
    return this.lookUp(() => this.registry.findSession(digest)).then((found) =>
      found ? this.admitSession(found, request) : this.anonymous(request),
    );
  }

  private anonymous(request: FastifyRequest): Caller {
    const { anonymousScopes } = this.config;
    if (anonymousScopes.length === 0) throw this.refusal(request);
    const projectId = this.registry.projectId(DEFAULT_PROJECT);
    if (projectId === undefined) throw storageUnavailable();
    // Any site can make its visitors' browsers send this: such a request acts for no operator.
    const scopes =
      originOf(request) === 'foreign'
        ? anonymousScopes.filter((scope) => scope !== 'admin')
        : anonymousScopes;
    return { key: null, session: null, projectId, project: DEFAULT_PROJECT, scopes };
  }

  private admit(caller: KeyCaller, request: FastifyRequest): Caller {
    const nowMs = this.clock.nowMs();
    if (endOf(caller) <= nowMs) throw this.refusal(request);
    if (!this.registry.trusted(nowMs)) throw storageUnavailable();
    this.usage.count(caller.key.id, nowMs);
    return caller;
  }

  // An expired session counts as none: the browser keeps sending its cookie.
  private admitSession(caller: SessionCaller, request: FastifyRequest): Caller {
    if (endOf(caller) <= this.clock.nowMs()) return this.anonymous(request);
    const origin = originOf(request);
    if (origin === 'foreign' || (origin === 'untold' && !SAFE_METHODS.has(request.method))) {
      throw new SightlineError(
        'forbidden',
        "A session is for this server's own pages: the origin is another.",
      );
    }
    return this.admit(caller, request);
  }

  private async lookUp<T>(find: () => T | undefined): Promise<T | undefined> {
    if (this.registry.current) await this.registry.refresh();
    const caller = find();
    if (caller === undefined && !this.registry.current) throw storageUnavailable();
    return caller;
  }
}

// A session ends with its key.
function endOf({ key, session }: KeyCaller): number {
  return Math.min(session?.expiresAt ?? Infinity, key.expiresAt ?? Infinity);
}

// A key in the query string may only ingest.
function forIngestAlone(caller: Caller): Caller {
  if (caller.scopes.length === 1 && caller.scopes[0] === 'ingest') return caller;
  throw new SightlineError('forbidden', 'A key in the query string must have the scope ingest only.');
}

/**
 * The same for unknown, expired and revoked keys, for two at once and for one in the wrong place: a guesser learns nothing
 * from it.
 */
export function unauthorized(): SightlineError {
  return new SightlineError(
    'unauthorized',
    'A valid API key is required, in X-API-Key or Authorization: Bearer.',
  );
}
