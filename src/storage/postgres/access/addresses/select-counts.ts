import { rows, type Queryable } from '../../sql.js';
import type { AddressNotes } from '../../../address-notes.js';
import type { CountsOfProject } from '../../../noted-addresses.js';

/** How many addresses each project has, by who counted them. */
export function selectCounts(db: Queryable, { slots, ownSlots }: AddressNotes): Promise<CountsOfProject[]> {
  return rows(db, {
    name: 'select_ip_counts',
    text: `select project_id,
             coalesce(sum(n) filter (where starts_with(slot, $2)), 0)::bigint as own,
             coalesce(sum(n) filter (where not starts_with(slot, $2)), 0)::bigint as others
           from ip_counts where starts_with(slot, $1) group by project_id`,
    values: [slots, ownSlots],
  });
}
