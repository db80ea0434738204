import { AddressNotes, type Note, type UniqueIps, identityOf, inOrder } from '../../address-notes.js';
import { ColumnArrays, int4, text, timestamptz, type Column, ObjectPool } from '../append/columns.js';
import { rows, type Queryable } from '../sql.js';

/** Every address is a row. One that another process noted today is locked for a moment and not written. */
const exact: NoteKind = {
  columns: [
    int4((note) => note.projectId),
    text((note) => note.name as string),
    timestamptz((note) => note.receivedAt),
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
const approximate: NoteKind = {
  columns: [int4((note) => note.projectId), int4((note) => note.name as number), int4((note) => note.rank)],
  sql: (first) => `
  insert into ip_registers as r (project_id, register, rank)
  select project_id, register, rank
  from unnest($${first}::int[], $${first + 1}::int[], $${first + 2}::int[]) as given (project_id, register, rank)
  order by project_id, register
  on conflict (project_id, register) do update set rank = excluded.rank where r.rank < excluded.rank
  returning project_id, register as name, true as is_new`,
};

const NOTE_KINDS: Record<UniqueIps, NoteKind> = { exact, approximate };

/** Most in a statement. */
const CHUNK = 5_000;

/** What PostgreSQL notes addresses with. */
export class PostgresAddressNotes extends AddressNotes {
  private readonly kind: NoteKind;
  private readonly idle: ObjectPool<ColumnArrays<Note>>;

  constructor(uniqueIps: UniqueIps) {
    super(uniqueIps);
    this.kind = NOTE_KINDS[uniqueIps];
    this.idle = new ObjectPool(() => new ColumnArrays(this.kind.columns));
  }

  /** CTEs that write the notes of parameters from $`first` on, and `noted` of which `is_new` are the new ones. */
  sql(first: number): string {
    return `
noted as (${this.kind.sql(first + 1)}
), counted_addresses as (
  insert into ip_counts as c (project_id, slot, n)
  select project_id, $${first}::text, count(*) from noted where is_new group by project_id
  on conflict (project_id, slot) do update set n = c.n + excluded.n
)`;
  }

  /** Lends the parameters of `sql` for a statement or transaction: its slot is nobody else's meanwhile. */
  use<Result>(work: (encode: (notes: Iterable<Note>) => unknown[]) => Promise<Result>): Promise<Result> {
    return this.useSlot((slot) =>
      this.idle.use((columns) => work((notes) => [slot, ...columns.encode([...notes])])),
    );
  }
}

/** What `sql` tells to be new. */
export interface NewAddress {
  project_id: number;
  name: string | number;
}

export const NEW_ADDRESSES = 'select project_id, name from noted where is_new';

export interface NoteKind {
  columns: Column<Note>[];
  /**
   * Writes the notes of the parameters from $`first` on, in an order that all statements share: two with the same ones cannot
   * deadlock. Returns project_id, name and whether it is new.
   */
  sql(first: number): string;
}

/**
 * Notes addresses inside a transaction; gives the indexes of the entries that are told that theirs is new.
 * In the order of all statements that note: see NoteKind.
 */
export async function noteAddresses(
  db: Queryable,
  addresses: PostgresAddressNotes,
  notes: ReadonlyMap<string, Note>,
): Promise<number[]> {
  const sorted = inOrder(notes.values());
  const text = `with ${addresses.sql(1)} ${NEW_ADDRESSES}`;
  return addresses.use(async (encode) => {
    const told: number[] = [];
    for (let at = 0; at < sorted.length; at += CHUNK) {
      const fresh = await rows<NewAddress>(db, {
        name: `addresses.note-${addresses.uniqueIps}`,
        text,
        values: encode(sorted.slice(at, at + CHUNK)),
      });
      for (const { project_id, name } of fresh) told.push(notes.get(identityOf(project_id, name))!.index);
    }
    return told;
  });
}
