import type { NotedAddress } from '../../../core/access-store.js';
import type { AddressNotes } from '../../address-notes.js';
import {
  NotedAddresses,
  type AddressPlace,
  type CountsOfProject,
  type Register,
} from '../../noted-addresses.js';
import { retried } from '../errors.js';
import type { Mysql } from '../mysql.js';
import { addToCounts } from './note-addresses.js';
import { number, text, date, tuples } from '../literals.js';
import type { Sessions, Session } from '../sql.js';

/** Reads and forgets what MysqlAccessStore notes. */
export class MysqlAddressStore extends NotedAddresses {
  /** @param addresses the same object as the MysqlAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    addresses: AddressNotes,
  ) {
    super(addresses);
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for await (const batch of this.all(stop)) {
      const old = batch.filter((address) => address.day < day);
      for (const projectId of new Set(old.map((address) => address.projectId))) {
        await this.forget(
          old.filter((address) => address.projectId === projectId),
          day,
        );
      }
    }
  }

  protected selectCounts(): Promise<CountsOfProject[]> {
    return selectCounts(this.mysql.query, this.addresses);
  }

  protected selectAddresses(after: AddressPlace, limit: number): Promise<NotedAddress[]> {
    return selectAddresses(this.mysql.query, after, limit);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.mysql.query, projectId);
  }

  private forget(places: readonly AddressPlace[], day: number): Promise<void> {
    return retried(() =>
      this.mysql.query.transaction(async (db) => {
        const forgotten = await deleteAddresses(db, places, day);
        if (forgotten === 0) return;
        await addToCounts(
          db,
          `${this.addresses.slots}forgotten`,
          new Map([[places[0].projectId, -forgotten]]),
        );
      }),
    );
  }
}

/** The next `limit` addresses after a place, in the order of the primary key. */
function selectAddresses(
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

/** How many addresses each project has, by who counted them. */
async function selectCounts(db: Sessions, { slots, ownSlots }: AddressNotes): Promise<CountsOfProject[]> {
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

/** The registers of a project that are above zero. */
function selectRegisters(db: Sessions, projectId: number): Promise<Register[]> {
  return db.rows(`select register, rank from ip_registers where project_id = ${number(projectId)}`);
}

/** Deletes those of these addresses, all of one project and in order, that were last noted before a day; gives how many. */
function deleteAddresses(db: Session, places: readonly AddressPlace[], day: number): Promise<number> {
  const ips = places.map(({ ip }) => text(ip));
  return db.run(`
    delete from ip_addresses
    where project_id = ${number(places[0].projectId)} and ip in ${tuples([ips])} and last_seen < ${date(day)}`);
}
