import type { Config } from '../../../config/settings.js';
import type { Block } from '../../../core/counting/count-store.js';
import { accessRow } from '../../../core/counting/kind.js';
import type { AccessReceipt, NewAccessEntry } from '../../../core/records/access-entry.js';
import { identityOf } from '../../address-upserts.js';
import { ObjectPool } from '../../object-pool.js';
import { float8, int4, RowArray, text, timestamptz, type Column } from '../append/columns.js';
import { rows, type Queryable } from '../sql.js';
import { NEW_ADDRESSES, type NewAddress, type PostgresAddressUpserts } from './upsert-addresses.js';

/** Of the type new_entry. */
const COLUMNS: Column<NewAccessEntry>[] = [
  int4((entry) => entry.projectId),
  timestamptz((entry) => entry.timestamp),
  timestamptz((entry) => entry.reportedTimestamp),
  timestamptz((entry) => entry.createdAt),
  text((entry) => entry.ip),
  text((entry) => entry.method),
  text((entry) => entry.path),
  int4((entry) => entry.status),
  float8((entry) => entry.latencyMs),
  text((entry) => entry.userAgent),
];

const KEPT: Record<Config['accessLogKeep'], string> = { all: '', errors: 'where status >= 400' };

/** CTEs that write the rows of the entries in parameter $1, and what is to be counted ($2). One statement, as append-events.ts. */
function stored(keep: Config['accessLogKeep']): string {
  return `
block as (
  insert into access_blocks (size, records) values (cardinality($1::new_entry[]), $2::json) returning id
), stored as (
  insert into access_logs (id, project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status, latency_ms,
    user_agent)
  select nextval('access_ids'), project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status, latency_ms,
    user_agent
  from unnest($1::new_entry[]) as given (project_id, "timestamp", reported_timestamp, created_at, ip, method, path, status,
    latency_ms, user_agent)
  ${KEPT[keep]}
)`;
}

const idle = new ObjectPool(() => new RowArray(COLUMNS));

interface AppendedEntries {
  receipts: AccessReceipt[];
  /** What of them is to be counted. */
  block: Block;
}

/** Stores entries, all or none; of their addresses nothing is written. */
export async function appendEntries(
  db: Queryable,
  entries: readonly NewAccessEntry[],
  keep: Config['accessLogKeep'],
): Promise<AppendedEntries> {
  const counted = entries.map(accessRow);
  const [{ id }] = await idle.use((array) =>
    rows<{ id: number }>(db, {
      name: `append.access-${keep}`,
      text: `with ${stored(keep)} select id from block`,
      values: [array.encode(entries), JSON.stringify(counted)],
    }),
  );
  return {
    receipts: entries.map(() => ({ outcome: 'stored', newIp: false })),
    block: { id, rows: counted },
  };
}

/** Stores entries and upserts the addresses of those that ask for it, all or none. */
export async function appendNotingEntries(
  db: Queryable,
  entries: readonly NewAccessEntry[],
  keep: Config['accessLogKeep'],
  addresses: PostgresAddressUpserts,
): Promise<AppendedEntries> {
  const upserts = addresses.gather(entries);
  // nearly always: the address is known
  if (upserts.size === 0) return appendEntries(db, entries, keep);
  const counted = entries.map(accessRow);
  const found = await idle.use((array) =>
    addresses.use((encode) =>
      rows<NewAddress & { block: number | null }>(db, {
        name: `append.access-${keep}-${addresses.uniqueIps}`,
        text: `with ${stored(keep)}, ${addresses.sql(3)}
          select project_id, name, null::bigint as block from (${NEW_ADDRESSES}) as fresh
          union all select null, null, id from block`,
        values: [array.encode(entries), JSON.stringify(counted), ...encode(upserts.values())],
      }),
    ),
  );
  const told = new Set<number>();
  let id = 0;
  for (const { project_id, name, block } of found) {
    if (block === null) told.add(upserts.get(identityOf(project_id, name))!.index);
    else id = block;
  }
  return {
    receipts: entries.map((_, index) => ({ outcome: 'stored', newIp: told.has(index) })),
    block: { id, rows: counted },
  };
}
