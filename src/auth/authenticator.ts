import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT, type Caller } from '../core/api-key.js';
import { Clock } from '../core/clock.js';
import { SightlineError, storageUnavailable } from '../core/errors.js';
import { KeyRegistry, type KeyCaller } from './key-registry.js';
import { presentedKey } from './presented-key.js';
import { UsageCounter } from './usage-counter.js';

/** Finds out who is asking. A promise only where a key is unknown: the hot path has none. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly registry: KeyRegistry,
    private readonly usage: UsageCounter,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws SightlineError `unauthorized`, always in the same words; `storage_unavailable` while keys cannot be looked up. */
  authenticate(request: FastifyRequest): Caller | Promise<Caller> {
    const presented = presentedKey(request.raw.rawHeaders, request.query);
    if (presented === 'refused') throw unauthorized();
    if (presented === 'none') return this.anonymous();
    const caller = this.registry.find(presented.key);
    return caller ? this.admit(caller) : this.lookUp(presented.key);
  }

  private anonymous(): Caller {
    const projectId = this.registry.projectId(DEFAULT_PROJECT);
    if (this.config.anonymousScopes.length === 0) throw unauthorized();
    if (projectId === undefined) throw storageUnavailable();
    return { key: null, projectId, project: DEFAULT_PROJECT, scopes: this.config.anonymousScopes };
  }

  private admit(caller: KeyCaller): Caller {
    const nowMs = this.clock.nowMs();
    const { key } = caller;
    if (key.expiresAt !== null && key.expiresAt <= nowMs) throw unauthorized();
    if (!this.registry.trusted(nowMs)) throw storageUnavailable();
    this.usage.count(key.id, nowMs);
    return caller;
  }

  private async lookUp(key: string): Promise<Caller> {
    if (this.registry.current) await this.registry.refresh();
    const caller = this.registry.find(key);
    if (caller) return this.admit(caller);
    throw this.registry.current ? unauthorized() : storageUnavailable();
  }
}

// Unknown, expired, revoked, two at once, in the wrong place: who guesses learns nothing from the answer.
function unauthorized(): SightlineError {
  return new SightlineError(
    'unauthorized',
    'A valid API key is required, in X-API-Key or Authorization: Bearer.',
  );
}
