import type { Note, UniqueIps } from '../../../address-notes.js';
import { number, text, time, tuples } from '../../literals.js';
import type { Session } from '../../sql.js';

/** What was not there before, or raised a register. */
export interface NewAddress {
  project_id: number;
  name: string | number;
}

/** Writes notes down, in their order; gives the new ones. */
export async function upsertNotes(
  db: Session,
  uniqueIps: UniqueIps,
  notes: readonly Note[],
): Promise<NewAddress[]> {
  const written = await db.rows<NewAddress & { is_new: number }>(
    uniqueIps === 'exact' ? addresses(notes) : registers(notes),
  );
  return written.filter(({ is_new }) => is_new === 1);
}

function addresses(notes: readonly Note[]): string {
  const values = notes.map(({ projectId, name, receivedAt }) => {
    const day = `${time(receivedAt).slice(0, 11)}'`;
    return [number(projectId), text(String(name)), day, day, 'false'];
  });
  return `insert into ip_addresses (project_id, ip, first_seen, last_seen, again) values ${tuples(values)}
    on duplicate key update last_seen = greatest(last_seen, values(last_seen)), again = true
    returning project_id, ip as name, not again as is_new`;
}

// Assignments are made from left to right: `raised` sees the rank that was there.
function registers(notes: readonly Note[]): string {
  const values = notes.map(({ projectId, name, rank }) => [
    number(projectId),
    number(Number(name)),
    number(rank),
    'true',
  ]);
  return `insert into ip_registers (project_id, register, rank, raised) values ${tuples(values)}
    on duplicate key update raised = values(rank) > rank, rank = greatest(rank, values(rank))
    returning project_id, register as name, raised as is_new`;
}
