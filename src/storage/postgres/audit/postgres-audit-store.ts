import { AuditStore, type AuditFilter, type AuditPage, type Refusal } from '../../../core/audit.js';
import { decodeCursor, encodeCursor, isId, isTime } from '../../page-cursor.js';
import type { Database } from '../database.js';
import { rows } from '../sql.js';
import { insertRefusals } from './insert-audit.js';
import { selectAudit } from './select-audit.js';

/** One statement's: a table that was never pruned must not be held up for minutes. */
const PRUNED_AT_ONCE = 10_000;

export class PostgresAuditStore extends AuditStore {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  addRefusals(refusals: readonly Refusal[]): Promise<void> {
    return insertRefusals(this.database.query, refusals);
  }

  async page(filter: AuditFilter, limit: number, cursor: string | null): Promise<AuditPage> {
    const question = ['audit', filter];
    const [at, id] = cursor === null ? [] : decodeCursor(question, cursor, isPosition);
    const after = at === undefined || id === undefined ? null : { at, id };
    // One more than is given tells whether there is a next page.
    const found = await selectAudit(this.database.query, filter, limit + 1, after);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const nextCursor =
      found.length > limit && last !== undefined ? encodeCursor(question, [last.at, last.id]) : null;
    return { entries, nextCursor };
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

function isPosition(parts: readonly unknown[]): parts is [string, number] {
  return parts.length === 2 && isTime(parts[0]) && isId(parts[1]);
}
