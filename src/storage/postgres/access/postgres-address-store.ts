import type { NotedAddress } from '../../../core/access-store.js';
import { retried } from '../append/append-records.js';
import { type Queryable, rows } from '../sql.js';
import type { AddressNotes } from '../../address-notes.js';
import {
  FIRST_PLACE,
  NotedAddresses,
  type AddressPlace,
  type CountsOfProject,
  type Register,
} from '../../noted-addresses.js';
/** Addresses that are looked at in one transaction. */
const STEP = 5_000;

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

/** Reads and forgets what PostgresAccessStore notes. */
export class PostgresAddressStore extends NotedAddresses {
  /** @param addresses the same object as the PostgresAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly database: { query: Queryable },
    addresses: AddressNotes,
  ) {
    super(addresses);
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let from: AddressPlace | null = FIRST_PLACE;
    while (from !== null && !stop.aborted) {
      const [start, to]: [AddressPlace, AddressPlace | null] = [
        from,
        await selectPlace(this.database.query, from, STEP),
      ];
      await retried(() => deleteAddresses(this.database.query, start, to, day, this.addresses));
      from = to;
    }
  }

  protected selectCounts(): Promise<CountsOfProject[]> {
    return selectCounts(this.database.query, this.addresses);
  }

  protected selectAddresses(after: AddressPlace, limit: number): Promise<NotedAddress[]> {
    return selectAddresses(this.database.query, after, limit);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.database.query, projectId);
  }
}

/** The next `limit` addresses after a place, in the order of the primary key. */
function selectAddresses(
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

/** How many addresses each project has, by who counted them. */
function selectCounts(db: Queryable, { slots, ownSlots }: AddressNotes): Promise<CountsOfProject[]> {
  return rows(db, {
    name: 'select_ip_counts',
    text: `select project_id,
             coalesce(sum(n) filter (where starts_with(slot, $2)), 0)::bigint as own,
             coalesce(sum(n) filter (where not starts_with(slot, $2)), 0)::bigint as others
           from ip_counts where starts_with(slot, $1) group by project_id`,
    values: [slots, ownSlots],
  });
}

/** The place `step` addresses after another; null where there are not so many. */
async function selectPlace(
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

/** The registers of a project that are above zero. */
function selectRegisters(db: Queryable, projectId: number): Promise<Register[]> {
  return rows(db, {
    name: 'select_ip_registers',
    text: 'select register, rank from ip_registers where project_id = $1',
    values: [projectId],
  });
}

/** Forgets the addresses after one place, up to another (null: up to the end), that were last seen before a day since the epoch. */
async function deleteAddresses(
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
