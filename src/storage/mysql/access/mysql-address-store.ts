import type { SeenAddress } from '../../../core/ports/access-store.js';
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
      const seen = await this.selectAddresses(range, `last_seen = ${date(day)}`);
      if (seen.length > 0) yield seen;
    }
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for await (const range of this.ranges(stop)) {
      const old = await this.selectAddresses(range, `last_seen < ${date(day)}`);
      for (const [projectId, addresses] of Map.groupBy(old, (address) => address.projectId)) {
        await this.forget(projectId, addresses, day);
      }
    }
  }

  protected async selectCounts(): Promise<CountsOfProject[]> {
    const { slots, ownSlots } = this.addresses;
    const startsWith = (start: string): string => `left(slot, ${start.length}) = ${text(start)}`;
    const found = await this.mysql.query.rows<{ project_id: number; own: string; others: string }>(`
      select project_id, sum(if(${startsWith(ownSlots)}, n, 0)) as own, sum(if(${startsWith(ownSlots)}, 0, n)) as others
      from ip_counts where ${startsWith(slots)} group by project_id`);
    // sums are decimals, which arrive as strings
    return found.map(({ project_id, own, others }) => ({
      project_id,
      own: Number(own),
      others: Number(others),
    }));
  }

  protected async selectAddress(after: SeenAddress, step: number): Promise<SeenAddress | null> {
    const [address] = await this.mysql.query.rows<SeenAddress>(`
      select project_id as projectId, ip from ip_addresses where ${isBeyond('>', after)}
      order by project_id, ip limit 1 offset ${step - 1}`);
    return address ?? null;
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return this.mysql.query.rows(
      `select register, rank from ip_registers where project_id = ${number(projectId)}`,
    );
  }

  /** Those of a range, in order, that fulfil a condition. */
  private selectAddresses({ after, upTo }: AddressRange, condition: string): Promise<SeenAddress[]> {
    const end = upTo === null ? 'true' : isBeyond('<=', upTo);
    return this.mysql.query.rows(`
      select project_id as projectId, ip from ip_addresses where ${isBeyond('>', after)} and ${end} and ${condition}
      order by project_id, ip`);
  }

  /** Deletes those of these addresses, all of one project and in order, that were last seen before a day. */
  private forget(projectId: number, addresses: readonly SeenAddress[], day: number): Promise<void> {
    const ips = addresses.map(({ ip }) => text(ip));
    return retried(() =>
      this.mysql.query.transaction(async (db) => {
        const forgotten = await db.run(`
          delete from ip_addresses
          where project_id = ${number(projectId)} and ip in ${tuples([ips])} and last_seen < ${date(day)}`);
        if (forgotten === 0) return;
        await addToCounts(db, `${this.addresses.slots}forgotten`, new Map([[projectId, -forgotten]]));
      }),
    );
  }
}

// In this form alone is the range read from the primary key. Of a comparison of tuples the whole table is read, and of
// "project_id >= 1 and (project_id > 1 or ip > …)" the project from its beginning.
function isBeyond(operator: '>' | '<=', { projectId, ip }: SeenAddress): string {
  const project = number(projectId);
  return `(project_id ${operator[0]} ${project} or (project_id = ${project} and ip ${operator} ${text(ip)}))`;
}
