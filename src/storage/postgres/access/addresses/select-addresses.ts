import type { NotedAddress } from '../../../../core/access-store.js';
import type { AddressPlace } from '../../../noted-addresses.js';
import { rows, type Queryable } from '../../sql.js';

/** The next `limit` addresses after a place, in the order of the primary key. */
export function selectAddresses(
  db: Queryable,
  { projectId, ip }: AddressPlace,
  limit: number,
): Promise<NotedAddress[]> {
  return rows(db, {
    name: 'select_addresses',
    text: `select project_id as "projectId", ip, last_seen - date '1970-01-01' as day
           from ip_addresses where (project_id, ip) > ($1, $2) order by project_id, ip limit $3`,
    values: [projectId, ip, limit],
  });
}
