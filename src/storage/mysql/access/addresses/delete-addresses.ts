import { date, number, text, tuples } from '../../literals.js';
import type { Session } from '../../sql.js';
import type { AddressPlace } from '../../../noted-addresses.js';

/** Deletes those of these addresses, all of one project and in order, that were last noted before a day; gives how many. */
export function deleteAddresses(db: Session, places: readonly AddressPlace[], day: number): Promise<number> {
  const ips = places.map(({ ip }) => text(ip));
  return db.run(`
    delete from ip_addresses
    where project_id = ${number(places[0].projectId)} and ip in ${tuples([ips])} and last_seen < ${date(day)}`);
}
