import { AddressNotes, type Note, type UniqueIps } from '../../../address-notes.js';
import { ColumnArrays } from '../../append/columns.js';
import { Idle } from '../../append/idle.js';
import { NOTE_KINDS, type NoteKind } from './note-kind.js';

/** What PostgreSQL notes addresses with. */
export class PostgresAddressNotes extends AddressNotes {
  private readonly kind: NoteKind;
  private readonly idle: Idle<ColumnArrays<Note>>;

  constructor(uniqueIps: UniqueIps) {
    super(uniqueIps);
    this.kind = NOTE_KINDS[uniqueIps];
    this.idle = new Idle(() => new ColumnArrays(this.kind.columns));
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
