import type { Actor, AuditChange, Refusal } from '../../../core/ports/audit.js';
import { rows, type Queryable } from '../sql.js';

const COLUMNS = 'actor, actor_key_id, actor_name, actor_prefix, address, action, project, target, details';

/** Log-ins and log-outs of one key and address that have a row of their own, a minute. */
const ROWS_A_MINUTE = 10;

/** Records a change in the transaction that makes it. */
export async function insertAudit(db: Queryable, actor: Actor, change: AuditChange): Promise<void> {
  await rows(db, {
    name: 'audit.insert',
    text: `insert into audit_log (outcome, ${COLUMNS})
      values ('success', $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: valuesOf(actor, change),
  });
}

/**
 * The same for what a script may do again and again: from a number of rows a minute on, the last of them counts the rest in
 * `details.folded`.
 */
export async function insertFolded(db: Queryable, actor: Actor, change: AuditChange): Promise<void> {
  await rows(db, {
    name: 'audit.insert-folded',
    text: `with recent as (
        select id from audit_log
        where at > now() - interval '1 minute' and action = $6 and outcome = 'success'
          and actor_key_id is not distinct from $2::uuid and address is not distinct from $5::text
        limit ${ROWS_A_MINUTE}
      ), folded as (
        update audit_log
        set details = details || jsonb_build_object('folded', coalesce((details ->> 'folded')::bigint, 0) + 1)
        where (select count(*) from recent) = ${ROWS_A_MINUTE} and id = (select max(id) from recent)
        returning id
      )
      insert into audit_log (outcome, ${COLUMNS})
      select 'success', $1, $2::uuid, $3, $4, $5::text, $6, $7, $8, $9::jsonb where not exists (select from folded)`,
    values: valuesOf(actor, change),
  });
}

export async function insertRefusals(db: Queryable, refusals: readonly Refusal[]): Promise<void> {
  const values = refusals.map((refusal) => valuesOf(refusal.actor, refusal));
  const column = (at: number) => values.map((row) => row[at]);
  await rows(db, {
    text: `insert into audit_log (outcome, at, ${COLUMNS})
      select 'refused', * from unnest($1::timestamptz[], $2::text[], $3::uuid[], $4::text[], $5::text[],
        $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])`,
    values: [
      refusals.map(({ atMs }) => new Date(atMs).toISOString()),
      ...Array.from({ length: 9 }, (_, at) => column(at)),
    ],
  });
}

/** In the order of COLUMNS. */
function valuesOf({ kind, key, user, address }: Actor, change: AuditChange): (string | null)[] {
  return [
    kind,
    key?.id ?? null,
    key?.name ?? user,
    key?.prefix ?? null,
    address,
    change.action,
    change.project,
    change.target,
    JSON.stringify(change.details),
  ];
}
