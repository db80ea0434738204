import { chunksOf } from '../../../core/groups.js';
import {
  identityOf,
  inOrder,
  type AddressUpserts,
  type Upsert,
  type UniqueIps,
} from '../../address-upserts.js';
import { number, text, time, tuples } from '../literals.js';
import type { Session } from '../sql.js';

/** Most in a statement. */
const CHUNK = 5_000;

/**
 * Upserts addresses inside a transaction and counts the new ones in a slot; gives the indexes of the entries that are told
 * that theirs is new. The last thing before the commit: nobody waits long for the rows.
 */
export async function upsertAddresses(
  db: Session,
  { uniqueIps }: AddressUpserts,
  upserts: ReadonlyMap<string, Upsert>,
  slot: string,
): Promise<number[]> {
  const sorted = inOrder(upserts.values());
  const told: number[] = [];
  const counts = new Map<number, number>();
  for (const some of chunksOf(sorted, CHUNK)) {
    for (const { project_id, name } of await upsertRows(db, uniqueIps, some)) {
      told.push(upserts.get(identityOf(project_id, name))!.index);
      counts.set(project_id, (counts.get(project_id) ?? 0) + 1);
    }
  }
  await addToCounts(db, slot, counts);
  return told;
}

/** What was not there before, or raised a register. */
interface NewAddress {
  project_id: number;
  name: string | number;
}

/** Writes upserts down, in their order; gives the new ones. */
async function upsertRows(
  db: Session,
  uniqueIps: UniqueIps,
  upserts: readonly Upsert[],
): Promise<NewAddress[]> {
  const written = await db.rows<NewAddress & { is_new: number }>(
    uniqueIps === 'exact' ? addresses(upserts) : registers(upserts),
  );
  return written.filter(({ is_new }) => is_new === 1);
}

function addresses(upserts: readonly Upsert[]): string {
  const values = upserts.map(({ projectId, name, receivedAt }) => {
    const day = `${time(receivedAt).slice(0, 11)}'`;
    return [number(projectId), text(String(name)), day, day, 'false'];
  });
  return `insert into ip_addresses (project_id, ip, first_seen, last_seen, again) values ${tuples(values)}
    on duplicate key update last_seen = greatest(last_seen, values(last_seen)), again = true
    returning project_id, ip as name, not again as is_new`;
}

// Assignments are made from left to right: `raised` sees the rank that was there.
function registers(upserts: readonly Upsert[]): string {
  const values = upserts.map(({ projectId, name, rank }) => [
    number(projectId),
    number(Number(name)),
    number(rank),
    'true',
  ]);
  return `insert into ip_registers (project_id, register, rank, raised) values ${tuples(values)}
    on duplicate key update raised = values(rank) > rank, rank = greatest(rank, values(rank))
    returning project_id, register as name, raised as is_new`;
}

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
