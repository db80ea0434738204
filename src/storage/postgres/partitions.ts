import type pg from 'pg';
import type { CountedKind } from '../../core/counting/kind.js';
import { DAY_MS, dayText } from '../../core/time.js';
import { rows, type Queryable } from './sql.js';
import { inTransaction } from './transaction.js';

/** The tables with a partition for each UTC day of receipt (`created_at`), and the names of the locks under which those are made. */
const LOCKS = { events: '8317, 2', access_logs: '8317, 4' } as const;
type PartitionedTable = keyof typeof LOCKS;

/** Those of the records of each kind. */
export const RECORDS: Record<CountedKind['name'], PartitionedTable> = {
  event: 'events',
  access: 'access_logs',
};

/** Makes the partitions of a table for these days of receipt (`YYYY-MM-DD`, UTC) where they are missing; for many processes at once. */
export async function ensurePartitions(
  pool: pg.Pool,
  table: PartitionedTable,
  days: Iterable<string>,
): Promise<void> {
  for (const day of [...new Set(days)].sort()) {
    if (!(await exists(pool, table, day))) await inTransaction(pool, (db) => create(db, table, day));
  }
}

/** The days that a table has partitions for, oldest first. */
export async function partitionDays(db: Queryable, table: PartitionedTable): Promise<string[]> {
  const found = await rows<{ day: string }>(db, {
    text: `select to_date(right(relid::text, 8), 'YYYYMMDD') as day from pg_partition_tree('${table}')
           where isleaf and relid::text ~ '^${table}_[0-9]{8}$' order by 1`,
  });
  return found.map((row) => row.day);
}

/** Drops a day's partition, if it is there. Locks all of the table against everyone, for as long as the transaction lasts. */
export async function dropPartition(db: Queryable, table: PartitionedTable, day: string): Promise<void> {
  await rows(db, { text: `drop table if exists ${partitionOf(table, day)}` });
}

// Created separately and attached: `create table … partition of` would lock the whole table against appends. The check spares
// the attachment a scan, and is dropped afterwards.
async function create(db: Queryable, table: PartitionedTable, day: string): Promise<void> {
  await rows(db, { text: `select pg_advisory_xact_lock(${LOCKS[table]})` });
  if (await exists(db, table, day)) return;
  const partition = partitionOf(table, day);
  const [from, to] = [`${day} 00:00:00Z`, `${dayText(Date.parse(day) + DAY_MS)} 00:00:00Z`];
  await rows(db, { text: `create table ${partition} (like ${table} including all)` });
  const range = `created_at >= '${from}' and created_at < '${to}'`;
  await rows(db, {
    text: `alter table ${partition} add constraint of_day check (created_at is not null and ${range})`,
  });
  await rows(db, {
    text: `alter table ${table} attach partition ${partition} for values from ('${from}') to ('${to}')`,
  });
  await rows(db, { text: `alter table ${partition} drop constraint of_day` });
}

async function exists(db: Queryable, table: PartitionedTable, day: string): Promise<boolean> {
  const [{ found }] = await rows<{ found: boolean }>(db, {
    text: `select exists (select from pg_inherits where inhparent = '${table}'::regclass and inhrelid = to_regclass($1)) as found`,
    values: [partitionOf(table, day)],
  });
  return found;
}

function partitionOf(table: PartitionedTable, day: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`no day: ${day}`);
  return `${table}_${day.replaceAll('-', '')}`;
}
