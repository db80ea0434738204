import type { AuditAction, AuditEntry } from '../core/audit.js';

/** An entry of the audit log as it is answered. */
export interface AuditView {
  id: number;
  /** RFC 3339 in UTC. */
  at: string;
  action: AuditAction;
  outcome: 'success' | 'refused';
  actor: {
    kind: 'key' | 'cli' | 'server' | 'anonymous';
    key_id: string | null;
    /** Of the key, or the user of the operating system. */
    name: string | null;
    prefix: string | null;
  };
  address: string | null;
  project: string | null;
  target: string | null;
  details: Readonly<Record<string, unknown>>;
}

export function viewOfEntry({ actor, ...entry }: AuditEntry): AuditView {
  return {
    id: entry.id,
    at: entry.at,
    action: entry.action,
    outcome: entry.outcome,
    actor: {
      kind: actor.kind,
      key_id: actor.key?.id ?? null,
      name: actor.key?.name ?? actor.user,
      prefix: actor.key?.prefix ?? null,
    },
    address: actor.address,
    project: entry.project,
    target: entry.target,
    details: entry.details,
  };
}
