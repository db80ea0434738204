import { randomUUID } from 'node:crypto';
import type { NewAccessEntry } from '../../../../core/access-entry.js';
import { ColumnArrays } from '../../append/columns.js';
import { Idle } from '../../append/idle.js';
import { NOTE_KINDS, type Note, type NoteKind, type UniqueIps } from './note-kind.js';

/** How one process notes addresses, and the slots of ip_counts that it counts in. */
export class AddressNotes {
  /** Of all slots that are counted in the same way. */
  readonly slots: string;
  /** Of those that this object alone writes. */
  readonly ownSlots: string;
  private readonly kind: NoteKind;
  private readonly idle: Idle<{ slot: string; columns: ColumnArrays<Note> }>;
  private made = 0;

  constructor(readonly uniqueIps: UniqueIps) {
    this.slots = `${uniqueIps}/`;
    this.ownSlots = `${this.slots}${randomUUID()}/`;
    this.kind = NOTE_KINDS[uniqueIps];
    // A slot for each append at once: they would wait for each other's commit in one.
    this.idle = new Idle(() => ({
      slot: `${this.ownSlots}${++this.made}`,
      columns: new ColumnArrays(this.kind.columns),
    }));
  }

  /** What is to be noted of those entries that `counts` names by index, once each; the first that brought it is told of it. */
  gather(entries: readonly NewAccessEntry[], counts = (_index: number): boolean => true): Map<string, Note> {
    const notes = new Map<string, Note>();
    entries.forEach((entry, index) => {
      if (!entry.noteIp || entry.ip === null || !counts(index)) return;
      const note = this.kind.noteOf(entry, entry.ip, index);
      const identity = identityOf(note.projectId, note.name);
      const known = notes.get(identity);
      if (!known || note.rank > known.rank) notes.set(identity, note);
      else known.receivedAt = Math.max(known.receivedAt, note.receivedAt);
    });
    return notes;
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
    return this.idle.use(({ slot, columns }) => work((notes) => [slot, ...columns.encode([...notes])]));
  }
}

/** What `sql` tells to be new. */
export interface NewAddress {
  project_id: number;
  name: string | number;
}

export const NEW_ADDRESSES = 'select project_id, name from noted where is_new';

export function identityOf(projectId: number, name: string | number): string {
  return `${projectId} ${name}`;
}
