import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import type { ApiKey } from '../core/ports/api-key.js';
import type { Actor } from '../core/ports/audit.js';
import { Clock } from '../core/ports/clock.js';
import { SessionStore, type Session } from '../core/ports/session-store.js';
import { HOUR_MS } from '../core/time.js';
import { unauthorized } from './authenticator.js';
import { KeyRegistry } from './key-registry.js';
import { digestOf } from './key-text.js';

const TOKEN_BYTES = 32;
/** Log-ins of one key at once: a script that logs in again and again fills neither the database nor any process. */
const MAX_SESSIONS_A_KEY = 100;

/** A session just begun, with its token: the only time that anybody sees it. */
export interface BegunSession extends Session {
  token: string;
  lastsS: number;
}

/** Begins and ends sessions. */
@Injectable()
export class SessionService {
  constructor(
    private readonly store: SessionStore,
    private readonly registry: KeyRegistry,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * A new session of a key, in place of the one that the request's cookie names: a token that somebody planted there, or
   * read before, is worth nothing after a log-in. @throws SightlineError `unauthorized` where the key is revoked meanwhile
   */
  async begin(key: ApiKey, previousToken: string | null, actor: Actor): Promise<BegunSession> {
    const nowMs = this.clock.nowMs();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const digest = digestOf(token);
    const expiresAt = Math.min(nowMs + this.config.sessionHours * HOUR_MS, key.expiresAt ?? Infinity);
    const previous = previousToken === null ? null : digestOf(previousToken);
    const session = { digest, keyId: key.id, expiresAt };
    const begun = await this.store.begin(session, previous, MAX_SESSIONS_A_KEY, actor);
    await this.registry.reload();
    if (!begun) throw unauthorized();
    return { token, digest, expiresAt, lastsS: Math.floor((expiresAt - nowMs) / 1000) };
  }

  /** In this process at once, in every other within 2 s. */
  async end(session: Session, actor: Actor): Promise<void> {
    await this.store.end(session.digest, actor);
    await this.registry.reload();
  }
}
