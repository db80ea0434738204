import { rows, type Queryable } from '../../sql.js';
import type { AddressNotes } from '../../../address-notes.js';
import type { AddressPlace } from '../../../noted-addresses.js';

// Locked in the order in which appends note: none of both waits for the other in a circle.
const SQL = `
with old as materialized (
  select project_id, ip from ip_addresses
  where (project_id, ip) > ($1, $2) and ($3::int is null or (project_id, ip) <= ($3, $4)) and last_seen < $5::int + date '1970-01-01'
  order by project_id, ip
  for update
), forgotten as (
  delete from ip_addresses a using old where a.project_id = old.project_id and a.ip = old.ip
  returning a.project_id
)
insert into ip_counts as c (project_id, slot, n)
select project_id, $6, -count(*) from forgotten group by project_id order by project_id
on conflict (project_id, slot) do update set n = c.n + excluded.n`;

/** Forgets the addresses after one place, up to another (null: up to the end), that were last seen before a day since the epoch. */
export async function deleteAddresses(
  db: Queryable,
  from: AddressPlace,
  to: AddressPlace | null,
  day: number,
  addresses: AddressNotes,
): Promise<void> {
  await rows(db, {
    name: 'delete_addresses',
    text: SQL,
    values: [from.projectId, from.ip, to?.projectId, to?.ip, day, `${addresses.slots}forgotten`],
  });
}
