import type pg from 'pg';
import type { CountedKind } from '../../../core/counting/kind.js';
import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { rows } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';

/** Deletes the minute buckets before `expiry`, of counts and of durations. */
export function pruneMinutes(pool: pg.Pool, { name }: CountedKind, expiry: Micros): Promise<void> {
  return prune(
    pool,
    `delete from ${name}_rollups r using projects p
     where r.project_id = p.id and r.tier = 1 and r.bucket < $1::timestamptz`,
    expiry,
  );
}

/** Deletes the sketches of minutes before `expiry`. */
export function pruneSketches(
  pool: pg.Pool,
  { name, uniqueKinds }: CountedKind,
  expiry: Micros,
): Promise<void> {
  return prune(
    pool,
    `delete from ${name}_uniques u
     using projects p cross join (values ${uniqueKinds.map((kind) => `('${kind}')`).join(', ')}) as k(kind)
     where u.project_id = p.id and u.kind = k.kind and u.tier = 1 and u.bucket < $1::timestamptz`,
    expiry,
  );
}

/** Days after which nobody asks for what is kept any more. */
const SEEN_UNUSED_DAYS = 7;

/** Deletes what was kept of who was seen and is not asked for any more. */
export async function pruneSeen(pool: pg.Pool): Promise<void> {
  await rows(pool, {
    text: `delete from event_seen where id in (
             select id from event_seen where used_at < clock_timestamp() - $1::int * interval '1 day' for update skip locked)`,
    values: [SEEN_UNUSED_DAYS],
  });
}

// By project, so that the primary key leads to the buckets.
function prune(pool: pg.Pool, text: string, expiry: Micros): Promise<void> {
  return inTransactionWithoutTimeout(pool, async (db) => {
    await rows(db, { text, values: [formatRfc3339(expiry)] });
  });
}
