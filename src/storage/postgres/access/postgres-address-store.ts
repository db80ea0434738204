import type { SeenAddress } from '../../../core/access-store.js';
import type { AddressUpserts } from '../../address-upserts.js';
import {
  SqlAddressStore,
  type AddressRange,
  type CountsOfProject,
  type Register,
} from '../../sql-address-store.js';
import { retried } from '../append/append-records.js';
import { type Queryable, rows } from '../sql.js';

/** Pages of the table that are read in one statement: some 4,000 addresses. */
const PAGES = 32;

// Locked in the order in which appends upsert, so that the two cannot deadlock.
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
    const pages = await selectPages(this.database.query);
    for (let page = 0; page < pages && !stop.aborted; page += PAGES) {
      const seen = await selectSeenOn(this.database.query, day, page);
      if (seen.length > 0) yield seen;
    }
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for await (const range of this.ranges(stop)) {
      await retried(() => deleteAddresses(this.database.query, range, day, this.addresses));
    }
  }

  protected selectCounts(): Promise<CountsOfProject[]> {
    return selectCounts(this.database.query, this.addresses);
  }

  protected selectAddress(after: SeenAddress, step: number): Promise<SeenAddress | null> {
    return selectAddress(this.database.query, after, step);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.database.query, projectId);
  }
}

/** The pages that the table has. */
async function selectPages(db: Queryable): Promise<number> {
  const [{ n }] = await rows<{ n: number }>(db, {
    text: `select pg_relation_size('ip_addresses') / current_setting('block_size')::int as n`,
  });
  return n;
}

/** The addresses of `PAGES` pages from one on. In physical order: by key, the table would be read at random. */
function selectSeenOn(db: Queryable, day: number, page: number): Promise<SeenAddress[]> {
  return rows(db, {
    name: 'addresses.select-seen-on',
    text: `select project_id as "projectId", ip from ip_addresses
           where ctid >= $2::tid and ctid < $3::tid and last_seen = $1::int + date '1970-01-01'`,
    values: [day, `(${page},0)`, `(${page + PAGES},0)`],
  });
}

/** How many addresses each project has, by who counted them. */
function selectCounts(db: Queryable, { slots, ownSlots }: AddressUpserts): Promise<CountsOfProject[]> {
  return rows(db, {
    name: 'addresses.counts',
    text: `select project_id,
             coalesce(sum(n) filter (where starts_with(slot, $2)), 0)::bigint as own,
             coalesce(sum(n) filter (where not starts_with(slot, $2)), 0)::bigint as others
           from ip_counts where starts_with(slot, $1) group by project_id`,
    values: [slots, ownSlots],
  });
}

/** The address `step` places after another; null where there are not so many. */
async function selectAddress(
  db: Queryable,
  { projectId, ip }: SeenAddress,
  step: number,
): Promise<SeenAddress | null> {
  const [address] = await rows<SeenAddress>(db, {
    name: 'addresses.select',
    text: `select project_id as "projectId", ip
           from ip_addresses where (project_id, ip) > ($1, $2) order by project_id, ip limit 1 offset $3 - 1`,
    values: [projectId, ip, step],
  });
  return address ?? null;
}

/** The registers of a project that are above zero. */
function selectRegisters(db: Queryable, projectId: number): Promise<Register[]> {
  return rows(db, {
    name: 'addresses.registers',
    text: 'select register, rank from ip_registers where project_id = $1',
    values: [projectId],
  });
}

/** Forgets the addresses of a range that were last seen before a day since the epoch. */
async function deleteAddresses(
  db: Queryable,
  { after, upTo }: AddressRange,
  day: number,
  addresses: AddressUpserts,
): Promise<void> {
  await rows(db, {
    name: 'addresses.delete',
    text: SQL,
    values: [after.projectId, after.ip, upTo?.projectId, upTo?.ip, day, `${addresses.slots}forgotten`],
  });
}
