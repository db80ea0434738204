import type { NotedAddress } from '../../../../core/access-store.js';
import type { AddressPlace } from '../../../noted-addresses.js';
import { number, text } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** The next `limit` addresses after a place, in the order of the primary key. */
export function selectAddresses(
  db: Sessions,
  { projectId, ip }: AddressPlace,
  limit: number,
): Promise<NotedAddress[]> {
  const project = number(projectId);
  return db.rows(`
    select project_id as projectId, ip, to_days(last_seen) - to_days('1970-01-01') as day
    from ip_addresses
    where project_id >= ${project} and (project_id > ${project} or ip > ${text(ip)})
    order by project_id, ip limit ${limit}`);
}
