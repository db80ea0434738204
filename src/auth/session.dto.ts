import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { hasScope, SCOPES, type Caller, type Scope } from '../core/ports/api-key.js';

class SessionKey {
  id: string;
  name: string;
  prefix: string;
}

/** Who is asking, as the dashboard needs to know it. */
@ApiSchema({ name: 'Session' })
export class SessionView {
  /** null for somebody without a key (ANONYMOUS_SCOPES). */
  key: SessionKey | null;

  project: string;
  @ApiProperty({ enum: SCOPES, isArray: true }) scopes: readonly Scope[];

  /** The projects that `?project=` accepts. */
  projects: string[];

  /** null where neither session nor key ends by itself. */
  @ApiProperty({ format: 'date-time' }) expires_at: string | null;
}

export const EXAMPLE: SessionView = {
  key: { id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11', name: 'operator', prefix: 'sl_4fK2Zq' },
  project: 'default',
  scopes: ['ingest', 'query', 'admin'],
  projects: ['default', 'shop'],
  expires_at: '2026-11-20T22:00:00.000Z',
};

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
