import type { AccessReceipt, NewAccessEntry } from '../../../../core/access-entry.js';
import { identityOf } from '../../../address-notes.js';
import { ColumnArrays } from '../../append/columns.js';
import { Idle } from '../../append/idle.js';
import { rows, type Queryable } from '../../sql.js';
import { NEW_ADDRESSES, type NewAddress, type PostgresAddressNotes } from '../addresses/address-notes.js';
import { ENTRY_COLUMNS } from './entry-columns.js';

export type Keep = 'all' | 'errors';

const KEPT: Record<Keep, string> = { all: '', errors: 'where status >= 400' };

/** CTEs that write the rows and deltas of the entries in parameters $1 to $10. One statement, as append-events.ts. */
function stored(keep: Keep): string {
  return `
input as materialized (
  select * from unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
    $8::int[], $9::float8[], $10::text[])
  as given (project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status, latency_ms, user_agent)
), counted as (
  insert into access_deltas (project_id, day, "timestamp", ip, method, path, status, latency_ms, user_agent)
  select project_id, (created_at at time zone 'UTC')::date, "timestamp", ip, method, path, status, latency_ms, user_agent
  from input
), stored as (
  insert into access_logs (id, project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status, latency_ms,
    user_agent)
  select nextval('access_ids'), project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status, latency_ms,
    user_agent
  from input ${KEPT[keep]}
)`;
}

const idle = new Idle(() => new ColumnArrays(ENTRY_COLUMNS));

/** Stores entries, all or none; of their addresses nothing is written. */
export async function appendEntries(
  db: Queryable,
  entries: readonly NewAccessEntry[],
  keep: Keep,
): Promise<AccessReceipt[]> {
  await idle.use((columns) =>
    rows(db, {
      name: `append_access_${keep}`,
      text: `with ${stored(keep)} select`,
      values: columns.encode(entries),
    }),
  );
  return entries.map(() => ({ outcome: 'stored', newIp: false }));
}

/** Stores entries and notes the addresses of those that ask for it, all or none. */
export async function appendNotingEntries(
  db: Queryable,
  entries: readonly NewAccessEntry[],
  keep: Keep,
  addresses: PostgresAddressNotes,
): Promise<AccessReceipt[]> {
  const notes = addresses.gather(entries);
  // nearly always: the address is known
  if (notes.size === 0) return appendEntries(db, entries, keep);
  const fresh = await idle.use((columns) =>
    addresses.use((encode) =>
      rows<NewAddress>(db, {
        name: `append_access_${keep}_${addresses.uniqueIps}`,
        text: `with ${stored(keep)}, ${addresses.sql(ENTRY_COLUMNS.length + 1)} ${NEW_ADDRESSES}`,
        values: [...columns.encode(entries), ...encode(notes.values())],
      }),
    ),
  );
  const told = new Set(fresh.map(({ project_id, name }) => notes.get(identityOf(project_id, name))!.index));
  return entries.map((_, index) => ({ outcome: 'stored', newIp: told.has(index) }));
}
