import { rows, type Queryable } from '../../sql.js';
import type { AddressPlace } from '../../../noted-addresses.js';

/** The place `step` addresses after another; null where there are not so many. */
export async function selectPlace(
  db: Queryable,
  { projectId, ip }: AddressPlace,
  step: number,
): Promise<AddressPlace | null> {
  const [place] = await rows<AddressPlace>(db, {
    name: 'select_address_place',
    text: `select project_id as "projectId", ip
           from ip_addresses where (project_id, ip) > ($1, $2) order by project_id, ip limit 1 offset $3 - 1`,
    values: [projectId, ip, step],
  });
  return place ?? null;
}
