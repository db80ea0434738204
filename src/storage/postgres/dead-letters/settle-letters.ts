import type { Actor } from '../../../core/ports/audit.js';
import type { Settlement } from '../../../core/ports/dead-letters.js';
import { insertAudit } from '../audit/insert-audit.js';
import { rows, type Queryable } from '../sql.js';
import { insertLetters, letterChunks } from './insert-letters.js';

const ACTIONS = { replayed: 'dead_letter.replay', dropped: 'dead_letter.drop' } as const;

interface SettledRow {
  id: number;
  project: string | null;
}

/** Inside a transaction: settles those that wait still, and gives their ids. */
export async function settleLetters(
  db: Queryable,
  settlements: readonly Settlement[],
  actor: Actor,
): Promise<number[]> {
  const ids: number[] = [];
  for (const [state, some] of Map.groupBy(settlements, (settlement) => settlement.state)) {
    const settled = await updateLetters(db, state, some);
    if (settled.length === 0) continue;
    ids.push(...settled.map(({ id }) => id));
    await insertAudit(db, actor, {
      action: ACTIONS[state],
      project: theOne(new Set(settled.map(({ project }) => project))),
      target: theOne(new Set(settled.map(({ id }) => String(id)))),
      details: settled.length === 1 ? {} : { letters: settled.length, ids: settled.map(({ id }) => id) },
    });
  }
  const done = new Set(ids);
  const listed = settlements.flatMap((settlement) =>
    settlement.state === 'replayed' && done.has(settlement.id) ? (settlement.listed ?? []) : [],
  );
  for (const some of letterChunks(listed)) await insertLetters(db, some);
  return ids;
}

/** Locked by id first: two that settle the same ones in another order would deadlock. */
async function updateLetters(
  db: Queryable,
  state: Settlement['state'],
  settlements: readonly Settlement[],
): Promise<SettledRow[]> {
  const outcomes = settlements.map((settlement) =>
    settlement.state === 'replayed' ? JSON.stringify(settlement.outcome) : null,
  );
  return rows<SettledRow>(db, {
    text: `with waiting as materialized (
        select d.id, given.outcome
        from unnest($1::bigint[], $2::jsonb[]) as given (id, outcome) join dead_letters d using (id)
        where d.state = 'waiting' order by d.id for update of d
      )
      update dead_letters d set state = $3, settled_at = clock_timestamp(), outcome = waiting.outcome
      from waiting where d.id = waiting.id
      returning d.id, (select name from projects p where p.id = d.project_id) as project`,
    values: [settlements.map(({ id }) => id), outcomes, state],
  });
}

/** null where there are several. */
function theOne(values: ReadonlySet<string | null>): string | null {
  return values.size === 1 ? (values.values().next().value ?? null) : null;
}
