import type { Config } from '../config/settings.js';
import { SightlineError } from '../core/errors.js';
import { keyState, SCOPES } from '../core/ports/api-key.js';
import type { Actor } from '../core/ports/audit.js';
import type { Clock } from '../core/ports/clock.js';
import {
  MAX_KEYS,
  type KeyPage,
  type KeyPosition,
  type KeyStore,
  type ListedKey,
} from '../core/ports/key-store.js';
import { parseRfc3339 } from '../core/records/rfc3339.js';
import { HOUR_MS } from '../core/time.js';
import { digestOf, generateKey, prefixOf } from './key-text.js';
import type { CreateKeyRequest, KeyView } from './key.dto.js';
import { RotationPolicy } from './rotation-policy.js';

/** A key just made, with its text: the only time that anybody sees it. */
export interface MadeKey {
  text: string;
  key: ListedKey;
}

/** Makes, lists, revokes and rotates keys, for the routes and for the command line. */
export class KeyService {
  private readonly rotation: RotationPolicy;

  /** `changed` is called after each change, before it is answered. */
  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly changed: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.rotation = new RotationPolicy(config);
  }

  /** `project` is that of a key which names none. @throws SightlineError `validation_error` */
  async create(request: CreateKeyRequest, project: string, actor: Actor): Promise<MadeKey> {
    const text = generateKey();
    const made = {
      name: request.name,
      project: request.project ?? project,
      scopes: SCOPES.filter((scope) => request.scopes.includes(scope)),
      digest: digestOf(text),
      prefix: prefixOf(text),
      expiresAt: this.expiry(request.expires_at ?? null),
      rateLimitPerMinute: request.rate_limit_per_minute ?? null,
      selfRotate: request.self_rotate ?? false,
    };
    const key = await this.store.create(made, actor);
    await this.changed();
    return { text, key };
  }

  /** Keys of one project, or of all, page by page: `after` is `next` of an earlier page. */
  list(project: string | null, limit = MAX_KEYS, after: KeyPosition | null = null): Promise<KeyPage> {
    return this.store.list(project, limit, after);
  }

  /** @throws SightlineError `not_found` where the project (or, with null, the server) has no such key */
  async revoke(id: string, project: string | null, actor: Actor): Promise<ListedKey> {
    const key = isUuid(id) ? await this.store.revoke(id, project, actor) : null;
    if (key === null) throw unknownKey();
    await this.changed();
    return key;
  }

  /** @throws SightlineError `not_found`, and `validation_error` for a key that has no successor to give */
  async rotate(id: string, project: string | null, actor: Actor): Promise<MadeKey> {
    const text = generateKey();
    const oldExpiresAt = this.clock.nowMs() + this.config.keyRotationGraceH * HOUR_MS;
    const successor = { digest: digestOf(text), prefix: prefixOf(text) };
    const key = isUuid(id) ? await this.store.rotate(id, project, successor, oldExpiresAt, actor) : 'unknown';
    if (key === 'unknown') throw unknownKey();
    // A leaked key that was rotated must not go on making new ones.
    if (key === 'spent') throw invalid('id', 'is already revoked, expired or rotated');
    await this.changed();
    return { text, key };
  }

  /** As it is answered, and written by the command line. */
  view(key: ListedKey): KeyView {
    const nowMs = this.clock.nowMs();
    return {
      id: key.id,
      name: key.name,
      project: key.project,
      prefix: key.prefix,
      scopes: key.scopes,
      state: keyState(key, nowMs),
      created_at: new Date(key.createdAt).toISOString(),
      expires_at: toText(key.expiresAt),
      revoked_at: toText(key.revokedAt),
      last_used_at: toText(key.lastUsedAt),
      usage_count: key.usageCount,
      rate_limit_per_minute: key.rateLimitPerMinute,
      self_rotate: key.selfRotate,
      successor_id: key.successorId,
      rotation_due: this.rotation.isDue(key, nowMs),
    };
  }

  private expiry(text: string | null): number | null {
    if (text === null) return null;
    const micros = parseRfc3339(text);
    if (micros === null)
      throw invalid('expires_at', 'must be an RFC 3339 time, such as 2027-01-31T00:00:00Z');
    const millis = Math.floor(micros / 1000);
    if (millis <= this.clock.nowMs()) throw invalid('expires_at', 'must be in the future');
    return millis;
  }
}

function toText(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString();
}

export function isUuid(id: unknown): boolean {
  return typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

function unknownKey(): SightlineError {
  return new SightlineError('not_found', 'There is no such key.');
}

function invalid(field: string, message: string): SightlineError {
  return new SightlineError('validation_error', 'The request is not valid.', {
    details: [{ field, message }],
  });
}
