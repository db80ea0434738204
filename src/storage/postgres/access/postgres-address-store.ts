import type { SeenAddress } from '../../../core/ports/access-store.js';
import type { AddressUpserts } from '../../address-upserts.js';
import { SqlAddressStore, type CountsOfProject, type Register } from '../../sql-address-store.js';
import { retried } from '../append/append-records.js';
import { type Queryable, rows } from '../sql.js';

/** Pages of the table that are read in one statement: some 4,000 addresses. */
const PAGES = 32;

// Locked in the order in which appends upsert, so that the two cannot deadlock.
const DELETE = `
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

/** Reads and forgets the addresses that PostgresAccessStore upserts. */
export class PostgresAddressStore extends SqlAddressStore {
  /** @param addresses the same object as the PostgresAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly database: { query: Queryable },
    addresses: AddressUpserts,
  ) {
    super(addresses);
  }

  async *seenOn(day: number, stop: AbortSignal): AsyncIterable<SeenAddress[]> {
    if (this.addresses.uniqueIps === 'approximate') return;
    const db = this.database.query;
    const [{ pages }] = await rows<{ pages: number }>(db, {
      text: `select pg_relation_size('ip_addresses') / current_setting('block_size')::int as pages`,
    });
    for (let page = 0; page < pages && !stop.aborted; page += PAGES) {
      // In physical order: by key, the table would be read at random.
      const seen = await rows<SeenAddress>(db, {
        name: 'addresses.select-seen-on',
        text: `select project_id as "projectId", ip from ip_addresses
               where ctid >= $2::tid and ctid < $3::tid and last_seen = $1::int + date '1970-01-01'`,
        values: [day, `(${page},0)`, `(${page + PAGES},0)`],
      });
      if (seen.length > 0) yield seen;
    }
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    const slot = `${this.addresses.slots}forgotten`;
    for await (const { after, upTo } of this.ranges(stop)) {
      const values = [after.projectId, after.ip, upTo?.projectId, upTo?.ip, day, slot];
      await retried(() => rows(this.database.query, { name: 'addresses.delete', text: DELETE, values }));
    }
  }

  protected selectCounts(): Promise<CountsOfProject[]> {
    const { slots, ownSlots } = this.addresses;
    return rows(this.database.query, {
      name: 'addresses.counts',
      text: `select project_id,
               coalesce(sum(n) filter (where starts_with(slot, $2)), 0)::bigint as own,
               coalesce(sum(n) filter (where not starts_with(slot, $2)), 0)::bigint as others
             from ip_counts where starts_with(slot, $1) group by project_id`,
      values: [slots, ownSlots],
    });
  }

  protected async selectAddress({ projectId, ip }: SeenAddress, step: number): Promise<SeenAddress | null> {
    const [address] = await rows<SeenAddress>(this.database.query, {
      name: 'addresses.select',
      text: `select project_id as "projectId", ip
             from ip_addresses where (project_id, ip) > ($1, $2) order by project_id, ip limit 1 offset $3 - 1`,
      values: [projectId, ip, step],
    });
    return address ?? null;
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return rows(this.database.query, {
      name: 'addresses.registers',
      text: 'select register, rank from ip_registers where project_id = $1',
      values: [projectId],
    });
  }
}
