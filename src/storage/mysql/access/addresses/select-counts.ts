import type { AddressNotes } from '../../../address-notes.js';
import type { CountsOfProject } from '../../../noted-addresses.js';
import { text } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** How many addresses each project has, by who counted them. */
export async function selectCounts(
  db: Sessions,
  { slots, ownSlots }: AddressNotes,
): Promise<CountsOfProject[]> {
  const startsWith = (start: string): string => `left(slot, ${start.length}) = ${text(start)}`;
  const found = await db.rows<{ project_id: number; own: string; others: string }>(`
    select project_id, sum(if(${startsWith(ownSlots)}, n, 0)) as own, sum(if(${startsWith(ownSlots)}, 0, n)) as others
    from ip_counts where ${startsWith(slots)} group by project_id`);
  // sums are decimals, which come as texts
  return found.map(({ project_id, own, others }) => ({
    project_id,
    own: Number(own),
    others: Number(others),
  }));
}
