import { number, text } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** Where a walk over all addresses is. */
export interface AddressPlace {
  projectId: number;
  ip: string;
}

export interface AddressRow extends AddressPlace {
  /** Days since the epoch. */
  day: number;
}

/** Before every address. */
export const FIRST_PLACE: AddressPlace = { projectId: -1, ip: '' };

/** The next `limit` addresses after a place, in the order of the primary key. */
export function selectAddresses(
  db: Sessions,
  { projectId, ip }: AddressPlace,
  limit: number,
): Promise<AddressRow[]> {
  const project = number(projectId);
  return db.rows(`
    select project_id as projectId, ip, to_days(last_seen) - to_days('1970-01-01') as day
    from ip_addresses
    where project_id >= ${project} and (project_id > ${project} or ip > ${text(ip)})
    order by project_id, ip limit ${limit}`);
}
