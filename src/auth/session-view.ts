import { hasScope, type Caller, type Scope } from '../core/api-key.js';

/** Who is asking, as the dashboard needs to know it. */
export interface SessionView {
  /** null for somebody without a key (ANONYMOUS_SCOPES). */
  key: { id: string; name: string; prefix: string } | null;
  project: string;
  scopes: readonly Scope[];
  /** The projects that may be chosen by `?project=`. */
  projects: string[];
  /** RFC 3339; null where neither session nor key ends by itself. */
  expires_at: string | null;
}

export function viewOfSession(
  { key, session, project, scopes }: Caller,
  projects: readonly string[],
): SessionView {
  const expiresAt = session?.expiresAt ?? key?.expiresAt ?? null;
  return {
    key: key && { id: key.id, name: key.name, prefix: key.prefix },
    project,
    scopes,
    projects: hasScope(scopes, 'admin') ? [...projects] : [project],
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
}
