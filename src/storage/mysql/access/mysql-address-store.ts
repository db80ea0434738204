import type { SeenAddress } from '../../../core/access-store.js';
import type { AddressUpserts } from '../../address-upserts.js';
import {
  SqlAddressStore,
  type AddressRange,
  type CountsOfProject,
  type Register,
} from '../../sql-address-store.js';
import { retried } from '../errors.js';
import { number, text, date, tuples } from '../literals.js';
import type { Mysql } from '../mysql.js';
import type { Sessions, Session } from '../sql.js';
import { addToCounts } from './upsert-addresses.js';

/** Reads and forgets the addresses that MysqlAccessStore upserts. */
export class MysqlAddressStore extends SqlAddressStore {
  /** @param addresses the same object as the MysqlAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    addresses: AddressUpserts,
  ) {
    super(addresses);
  }

  async *seenOn(day: number, stop: AbortSignal): AsyncIterable<SeenAddress[]> {
    for await (const range of this.ranges(stop)) {
      const seen = await selectAddresses(this.mysql.query, range, `last_seen = ${date(day)}`);
      if (seen.length > 0) yield seen;
    }
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for await (const range of this.ranges(stop)) {
      const old = await selectAddresses(this.mysql.query, range, `last_seen < ${date(day)}`);
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

  protected selectAddress(after: SeenAddress, step: number): Promise<SeenAddress | null> {
    return selectAddress(this.mysql.query, after, step);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.mysql.query, projectId);
  }

  private forget(places: readonly SeenAddress[], day: number): Promise<void> {
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

/** The address `step` places after another; null where there are not so many. */
async function selectAddress(db: Sessions, after: SeenAddress, step: number): Promise<SeenAddress | null> {
  const [address] = await db.rows<SeenAddress>(`
    select project_id as projectId, ip from ip_addresses where ${isBeyond('>', after)}
    order by project_id, ip limit 1 offset ${step - 1}`);
  return address ?? null;
}

/** Those of a range, in order, that fulfil a condition. */
function selectAddresses(
  db: Sessions,
  { after, upTo }: AddressRange,
  condition: string,
): Promise<SeenAddress[]> {
  const end = upTo === null ? 'true' : isBeyond('<=', upTo);
  return db.rows(`
    select project_id as projectId, ip from ip_addresses where ${isBeyond('>', after)} and ${end} and ${condition}
    order by project_id, ip`);
}

// In this form alone is the range read from the primary key. Of a comparison of tuples the whole table is read, and of
// "project_id >= 1 and (project_id > 1 or ip > …)" the project from its beginning.
function isBeyond(operator: '>' | '<=', { projectId, ip }: SeenAddress): string {
  const project = number(projectId);
  return `(project_id ${operator[0]} ${project} or (project_id = ${project} and ip ${operator} ${text(ip)}))`;
}

/** How many addresses each project has, by who counted them. */
async function selectCounts(db: Sessions, { slots, ownSlots }: AddressUpserts): Promise<CountsOfProject[]> {
  const startsWith = (start: string): string => `left(slot, ${start.length}) = ${text(start)}`;
  const found = await db.rows<{ project_id: number; own: string; others: string }>(`
    select project_id, sum(if(${startsWith(ownSlots)}, n, 0)) as own, sum(if(${startsWith(ownSlots)}, 0, n)) as others
    from ip_counts where ${startsWith(slots)} group by project_id`);
  // sums are decimals, which arrive as strings
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

/** Deletes those of these addresses, all of one project and in order, that were last seen before a day; gives how many. */
function deleteAddresses(db: Session, places: readonly SeenAddress[], day: number): Promise<number> {
  const ips = places.map(({ ip }) => text(ip));
  return db.run(`
    delete from ip_addresses
    where project_id = ${number(places[0].projectId)} and ip in ${tuples([ips])} and last_seen < ${date(day)}`);
}
