import {
  AuditStore,
  type AuditFilter,
  type AuditPage,
  type AuditPosition,
  type Refusal,
  type Actor,
  type AuditEntry,
} from '../../../core/ports/audit.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Database } from '../database.js';
import { deleteInBatches } from '../maintenance/prune.js';
import { rows, type Queryable } from '../sql.js';
import { insertRefusals } from './insert-audit.js';

/** One statement's: a table that was never pruned must not be held up for minutes. */
const PRUNED_AT_ONCE = 10_000;

export class PostgresAuditStore extends AuditStore {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  addRefusals(refusals: readonly Refusal[]): Promise<void> {
    return insertRefusals(this.database.query, refusals);
  }

  async page(filter: AuditFilter, limit: number, after: AuditPosition | null): Promise<AuditPage> {
    // One more than is given tells whether there is a next page.
    const found = await selectAudit(this.database.query, filter, limit + 1, after);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return { entries, next: found.length > limit && last ? { at: last.at, id: last.id } : null };
  }

  prune(beforeMs: number, stop: AbortSignal): Promise<void> {
    const old = `select id from audit_log where at < $1 order by at, id limit ${PRUNED_AT_ONCE}`;
    return deleteInBatches(this.database.query, 'audit_log', old, beforeMs, stop);
  }
}

/** Newest first, after a position. */
async function selectAudit(
  db: Queryable,
  { action, actor, project, from, to }: AuditFilter,
  limit: number,
  after: AuditPosition | null,
): Promise<AuditEntry[]> {
  const found = await rows<AuditRow>(db, {
    text: `select id, at, action, outcome, project, target, details,
        actor as kind, actor_key_id as "keyId", actor_name as name, actor_prefix as prefix, address
      from audit_log
      where ($1::text is null or action = $1)
        and ($2::text is null or $2 in (actor, actor_key_id::text, actor_name, actor_prefix))
        and ($3::text is null or project = $3)
        and ($4::timestamptz is null or at >= $4)
        and ($5::timestamptz is null or at < $5)
        and ($6::timestamptz is null or (at, id) < ($6, $7::bigint))
      order by at desc, id desc limit $8`,
    values: [
      action ?? null,
      actor ?? null,
      project ?? null,
      from === undefined ? null : formatRfc3339(from),
      to === undefined ? null : formatRfc3339(to),
      after?.at ?? null,
      after?.id ?? null,
      limit,
    ],
  });
  return found.map(toEntry);
}

/** With the actor in columns. */
interface AuditRow extends Omit<AuditEntry, 'actor'>, Pick<Actor, 'kind' | 'address'> {
  keyId: string | null;
  name: string | null;
  prefix: string | null;
}

function toEntry({ kind, keyId, name, prefix, address, ...entry }: AuditRow): AuditEntry {
  const key = keyId === null ? null : { id: keyId, name: name ?? '', prefix: prefix ?? '' };
  return { ...entry, actor: { kind, key, user: keyId === null ? name : null, address } };
}
