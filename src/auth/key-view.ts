import { keyState } from '../core/ports/api-key.js';
import type { ListedKey } from '../core/ports/key-store.js';
import type { KeyView } from './key.dto.js';

/** A key as it is answered, and written by the command line. */
export function viewOf(key: ListedKey, nowMs: number, rotationDue: boolean): KeyView {
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
    rotation_due: rotationDue,
  };
}

function toText(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString();
}
