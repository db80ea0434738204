import type pg from 'pg';
import { rows, type Queryable } from './sql.js';
import { inTransaction } from './transaction.js';

const DAY_MS = 86_400_000;

/** Makes the partitions of `events` for these days of receipt (`YYYY-MM-DD`, UTC) where they are missing; for many processes at once. */
export async function ensurePartitions(pool: pg.Pool, days: Iterable<string>): Promise<void> {
  for (const day of [...new Set(days)].sort()) {
    if (!(await exists(pool, day))) await inTransaction(pool, (db) => create(db, day));
  }
}

/** The days that `events` has partitions for, oldest first. */
export async function partitionDays(db: Queryable): Promise<string[]> {
  const found = await rows<{ day: string }>(db, {
    text: `select to_date(right(relid::text, 8), 'YYYYMMDD') as day from pg_partition_tree('events')
           where isleaf and relid::text ~ '^events_[0-9]{8}$' order by 1`,
  });
  return found.map((row) => row.day);
}

/** Drops a day's partition, if it is there. Locks `events` against everyone, for as long as the transaction lasts. */
export async function dropPartition(db: Queryable, day: string): Promise<void> {
  await rows(db, { text: `drop table if exists ${partitionOf(day)}` });
}

// Made apart and attached: `create table … partition of` would lock all of `events` against the appends. The check spares
// the attachment a scan, and goes when it has done that.
async function create(db: Queryable, day: string): Promise<void> {
  await rows(db, { text: `select pg_advisory_xact_lock(8317, 2)` });
  if (await exists(db, day)) return;
  const table = partitionOf(day);
  const [from, to] = [`${day} 00:00:00Z`, `${nextDay(day)} 00:00:00Z`];
  await rows(db, { text: `create table ${table} (like events including all)` });
  const range = `created_at >= '${from}' and created_at < '${to}'`;
  await rows(db, {
    text: `alter table ${table} add constraint of_day check (created_at is not null and ${range})`,
  });
  await rows(db, {
    text: `alter table events attach partition ${table} for values from ('${from}') to ('${to}')`,
  });
  await rows(db, { text: `alter table ${table} drop constraint of_day` });
}

async function exists(db: Queryable, day: string): Promise<boolean> {
  const [{ found }] = await rows<{ found: boolean }>(db, {
    text: `select exists (select from pg_inherits where inhparent = 'events'::regclass and inhrelid = to_regclass($1)) as found`,
    values: [partitionOf(day)],
  });
  return found;
}

function partitionOf(day: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`no day: ${day}`);
  return `events_${day.replaceAll('-', '')}`;
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}
