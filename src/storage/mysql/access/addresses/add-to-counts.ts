import { number, text, tuples } from '../../literals.js';
import type { Session } from '../../sql.js';

/** Adds to how many addresses projects have, in one slot; `counts` by project. */
export async function addToCounts(
  db: Session,
  slot: string,
  counts: ReadonlyMap<number, number>,
): Promise<void> {
  const values = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([projectId, n]) => [number(projectId), text(slot), number(n)]);
  if (values.length === 0) return;
  await db.run(`insert into ip_counts (project_id, slot, n) values ${tuples(values)}
    on duplicate key update n = n + values(n)`);
}
