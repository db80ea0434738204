import type { AuditEntry } from '../core/ports/audit.js';
import type { AuditView } from './audit.dto.js';

/** An entry as it is answered, and written by the command line. */
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
