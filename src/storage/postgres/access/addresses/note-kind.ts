import type { Note, UniqueIps } from '../../../address-notes.js';
import { int4, text, timestamptz, type Column } from '../../append/columns.js';

export interface NoteKind {
  columns: Column<Note>[];
  /**
   * Writes the notes of the parameters from $`first` on, in an order that all statements share: two with the same ones cannot
   * deadlock. Returns project_id, name and whether it is new.
   */
  sql(first: number): string;
}

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

export const NOTE_KINDS: Record<UniqueIps, NoteKind> = { exact, approximate };
