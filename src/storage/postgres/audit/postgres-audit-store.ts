import {
  AuditStore,
  type AuditFilter,
  type AuditPage,
  type AuditPosition,
  type Refusal,
  type AuditAction,
  type Actor,
  type AuditEntry,
} from '../../../core/audit.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { Database } from '../database.js';
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

  async prune(beforeMs: number, stop: AbortSignal): Promise<void> {
    let removed = PRUNED_AT_ONCE;
    while (removed === PRUNED_AT_ONCE && !stop.aborted) {
      const gone = await rows(this.database.query, {
        text: `delete from audit_log where id in (
            select id from audit_log where at < $1 order by at, id limit ${PRUNED_AT_ONCE}
          ) returning id`,
        values: [new Date(beforeMs).toISOString()],
      });
      removed = gone.length;
    }
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
    text: `select id, at, action, outcome, actor, actor_key_id, actor_name, actor_prefix, address, project, target, details
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

interface AuditRow {
  id: number;
  at: string;
  action: AuditAction;
  outcome: AuditEntry['outcome'];
  actor: Actor['kind'];
  actor_key_id: string | null;
  actor_name: string | null;
  actor_prefix: string | null;
  address: string | null;
  project: string | null;
  target: string | null;
  details: Record<string, unknown>;
}

function toEntry(row: AuditRow): AuditEntry {
  const { actor_key_id: id, actor_name: name, actor_prefix: prefix } = row;
  return {
    id: row.id,
    at: row.at,
    action: row.action,
    outcome: row.outcome,
    actor: {
      kind: row.actor,
      key: id === null ? null : { id, name: name ?? '', prefix: prefix ?? '' },
      user: id === null ? name : null,
      address: row.address,
    },
    project: row.project,
    target: row.target,
    details: row.details,
  };
}
