import type { Scope } from '../../../core/api-key.js';
import type { ListedKey } from '../../../core/key-store.js';

/** The columns that a key is read from: `k` is api_keys, `p` is projects. */
export const KEY_COLUMNS = `k.id, k.name, k.prefix, k.project_id, p.name as project, k.scopes, k.created_at, k.expires_at,
  k.revoked_at, k.rate_limit_per_minute, k.self_rotate, k.successor_id, k.usage_count, k.last_used_at`;

export interface KeyRow {
  id: string;
  name: string;
  prefix: string;
  project_id: number;
  project: string;
  scopes: Scope[];
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  rate_limit_per_minute: number | null;
  self_rotate: boolean;
  successor_id: string | null;
  usage_count: number;
  last_used_at: string | null;
}

export function toListedKey(row: KeyRow): ListedKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    projectId: row.project_id,
    project: row.project,
    scopes: row.scopes,
    createdAt: Date.parse(row.created_at),
    expiresAt: toMillis(row.expires_at),
    revokedAt: toMillis(row.revoked_at),
    rateLimitPerMinute: row.rate_limit_per_minute,
    selfRotate: row.self_rotate,
    successorId: row.successor_id,
    usageCount: row.usage_count,
    lastUsedAt: toMillis(row.last_used_at),
  };
}

function toMillis(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

/** A time as a statement's value. */
export function toTime(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString();
}
