import { chunksOf } from '../../../core/groups.js';
import { AddressUpserts, type Upsert, type UniqueIps, identityOf, inOrder } from '../../address-upserts.js';
import { ObjectPool } from '../../object-pool.js';
import { ColumnArrays, int4, text, timestamptz, type Column } from '../append/columns.js';
import { rows, type Queryable } from '../sql.js';

/** Every address is a row. One that another process upserted today is locked for a moment and not written. */
const exact: UpsertKind = {
  columns: [
    int4((upsert) => upsert.projectId),
    text((upsert) => upsert.name as string),
    timestamptz((upsert) => upsert.receivedAt),
  ],
  // xmax of a row that was there before is the transaction that updates it
  sql: (first) => `
  insert into ip_addresses as a (project_id, ip, first_seen, last_seen)
  select project_id, ip, (received_at at time zone 'UTC')::date, (received_at at time zone 'UTC')::date
  from unnest($${first}::int[], $${first + 1}::text[], $${first + 2}::timestamptz[]) as given (project_id, ip, received_at)
  order by project_id, ip collate "C"
  on conflict (project_id, ip) do update set last_seen = excluded.last_seen where a.last_seen < excluded.last_seen
  returning project_id, ip as name, xmax = 0 as is_new`,
};

/** Addresses are kept as the registers of a HyperLogLog; one that raises none is taken for known. */
const approximate: UpsertKind = {
  columns: [
    int4((upsert) => upsert.projectId),
    int4((upsert) => upsert.name as number),
    int4((upsert) => upsert.rank),
  ],
  sql: (first) => `
  insert into ip_registers as r (project_id, register, rank)
  select project_id, register, rank
  from unnest($${first}::int[], $${first + 1}::int[], $${first + 2}::int[]) as given (project_id, register, rank)
  order by project_id, register
  on conflict (project_id, register) do update set rank = excluded.rank where r.rank < excluded.rank
  returning project_id, register as name, true as is_new`,
};

const UPSERT_KINDS: Record<UniqueIps, UpsertKind> = { exact, approximate };

/** Most in a statement. */
const CHUNK = 5_000;

/** What PostgreSQL upserts addresses with. */
export class PostgresAddressUpserts extends AddressUpserts {
  private readonly kind: UpsertKind;
  private readonly idle: ObjectPool<ColumnArrays<Upsert>>;

  constructor(uniqueIps: UniqueIps) {
    super(uniqueIps);
    this.kind = UPSERT_KINDS[uniqueIps];
    this.idle = new ObjectPool(() => new ColumnArrays(this.kind.columns));
  }

  /** CTEs that write the upserts of parameters from $`first` on, and `upserted` of which `is_new` are the new ones. */
  sql(first: number): string {
    return `
upserted as (${this.kind.sql(first + 1)}
), counted_addresses as (
  insert into ip_counts as c (project_id, slot, n)
  select project_id, $${first}::text, count(*) from upserted where is_new group by project_id
  on conflict (project_id, slot) do update set n = c.n + excluded.n
)`;
  }

  /** Lends the parameters of `sql` for a statement or transaction: its slot is nobody else's meanwhile. */
  use<Result>(work: (encode: (upserts: Iterable<Upsert>) => unknown[]) => Promise<Result>): Promise<Result> {
    return this.useSlot((slot) =>
      this.idle.use((columns) => work((upserts) => [slot, ...columns.encode([...upserts])])),
    );
  }
}

/** What `sql` tells to be new. */
export interface NewAddress {
  project_id: number;
  name: string | number;
}

export const NEW_ADDRESSES = 'select project_id, name from upserted where is_new';

export interface UpsertKind {
  columns: Column<Upsert>[];
  /**
   * Writes the upserts of the parameters from $`first` on, in an order that all statements share: two with the same ones cannot
   * deadlock. Returns project_id, name and whether it is new.
   */
  sql(first: number): string;
}

/**
 * Upserts addresses inside a transaction; gives the indexes of the entries that are told that theirs is new.
 * In the order of all statements that upsert: see UpsertKind.
 */
export async function upsertAddresses(
  db: Queryable,
  addresses: PostgresAddressUpserts,
  upserts: ReadonlyMap<string, Upsert>,
): Promise<number[]> {
  const sorted = inOrder(upserts.values());
  const text = `with ${addresses.sql(1)} ${NEW_ADDRESSES}`;
  return addresses.use(async (encode) => {
    const told: number[] = [];
    for (const some of chunksOf(sorted, CHUNK)) {
      const fresh = await rows<NewAddress>(db, {
        name: `addresses.upsert-${addresses.uniqueIps}`,
        text,
        values: encode(some),
      });
      for (const { project_id, name } of fresh) told.push(upserts.get(identityOf(project_id, name))!.index);
    }
    return told;
  });
}
