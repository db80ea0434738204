import type pg from 'pg';
import type { CountedKind } from '../../../core/counting/kind.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/counting/time-cover.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Micros } from '../../../core/time.js';
import { rows, type Queryable } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';

/** Deletes the minute buckets that no query reaches any more: of counts and durations, then the sketches. */
export async function pruneMinutes(
  pool: pg.Pool,
  { name, uniqueKinds }: CountedKind,
  now: Micros,
): Promise<void> {
  // By project, so that the primary key leads to the buckets.
  const statements = [
    {
      text: `delete from ${name}_rollups r using projects p
             where r.project_id = p.id and r.tier = 1 and r.bucket < $1::timestamptz`,
      values: [formatRfc3339(minuteExpiry(now))],
    },
    {
      text: `delete from ${name}_uniques u
             using projects p cross join (values ${uniqueKinds.map((kind) => `('${kind}')`).join(', ')}) as k(kind)
             where u.project_id = p.id and u.kind = k.kind and u.tier = 1 and u.bucket < $1::timestamptz`,
      values: [formatRfc3339(sketchMinuteExpiry(now))],
    },
  ];
  for (const each of statements) await inTransactionWithoutTimeout(pool, (db) => rows(db, each));
}

/** Deletes the rows whose ids `old` selects, by the time $1, a batch of them a statement, until there are none or `stop` is aborted. */
export async function deleteInBatches(
  db: Queryable,
  table: 'audit_log' | 'dead_letters',
  old: string,
  beforeMs: number,
  stop: AbortSignal,
): Promise<void> {
  const text = `delete from ${table} where id in (${old}) returning id`;
  const values = [new Date(beforeMs).toISOString()];
  while (!stop.aborted && (await rows(db, { text, values })).length > 0);
}
