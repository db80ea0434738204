import { keyState, type KeyState, type Scope } from '../core/api-key.js';
import type { ListedKey } from '../core/key-store.js';

/** A key as it is answered. Times are RFC 3339 in UTC. */
export interface KeyView {
  id: string;
  name: string;
  project: string;
  /** The first characters of the key. */
  prefix: string;
  scopes: readonly Scope[];
  state: KeyState;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
  usage_count: number;
  rate_limit_per_minute: number | null;
  self_rotate: boolean;
  successor_id: string | null;
  rotation_due: boolean;
}

/** The one answer that shows the key itself. */
export type NewKeyView = KeyView & { key: string };

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
