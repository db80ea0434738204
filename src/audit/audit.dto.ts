import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { AUDIT_ACTIONS, MAX_ENTRIES, type AuditAction } from '../core/ports/audit.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { Text, Time, Integer, OneOf } from '../http/query/query-checks.js';

/** Which entries of the audit log. */
export class AuditQuery extends ProjectQuery {
  // The guard takes it for the project to act on; here it narrows what is otherwise of all.
  @Text(64, 'Only entries about this project; default: all projects')
  override project?: string;

  @OneOf(AUDIT_ACTIONS, {})
  action?: AuditAction;

  @Text(255, "A key's id, name or prefix, a user of the command line, or key, cli, server, anonymous")
  actor?: string;

  @Time('Inclusive')
  from?: string;

  @Time('Exclusive')
  to?: string;

  @Integer(1, MAX_ENTRIES, { default: 100, description: 'Number of entries to return' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page; the filters must be the same')
  cursor?: string;
}

class AuditActor {
  kind: 'key' | 'cli' | 'server' | 'anonymous';
  key_id: string | null;

  /** Of the key, or the user of the operating system. */
  name: string | null;
  prefix: string | null;
}

/** An entry of the audit log as it is answered. */
@ApiSchema({ name: 'AuditEntry' })
export class AuditView {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: AUDIT_ACTIONS }) action: AuditAction;
  outcome: 'success' | 'refused';
  actor: AuditActor;

  /** The client's address. */
  address: string | null;
  project: string | null;

  /** The id of a key, the name of a project. */
  target: string | null;

  /** `folded`: further attempts that the entry stands for. */
  @ApiProperty({ type: 'object', additionalProperties: true }) details: Readonly<Record<string, unknown>>;
}

export const EXAMPLE: AuditView = {
  id: 812,
  at: '2026-11-20T10:00:00.123456Z',
  action: 'key.revoke',
  outcome: 'success',
  actor: {
    kind: 'key',
    key_id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
    name: 'operator',
    prefix: 'sl_4fK2Zq',
  },
  address: '203.0.113.9',
  project: 'shop',
  target: 'f1a15aea-89f1-4e24-89a2-9ee560062216',
  details: { name: 'ios app', prefix: 'sl_XKEKEg' },
};
