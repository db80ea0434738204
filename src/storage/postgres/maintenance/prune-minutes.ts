import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type pg from 'pg';
import { rows } from '../sql.js';
import { inUnhurriedTransaction } from './unhurried.js';

/** Deletes the minute buckets before `expiry`. */
export async function pruneMinutes(pool: pg.Pool, expiry: Micros): Promise<void> {
  for (const table of ['event_rollups', 'event_latency']) {
    await inUnhurriedTransaction(pool, (db) =>
      rows(db, { text: deleteFrom(table), values: [formatRfc3339(expiry)] }),
    );
  }
}

// By project and dimension, so that the primary key leads to the buckets.
function deleteFrom(table: string): string {
  return `
delete from ${table} r
using projects p
cross join (values ('all'), ('event_type'), ('event_name'), ('priority'), ('app_version')) as d(dimension)
where r.project_id = p.id and r.dimension = d.dimension and r.tier = 1 and r.bucket < $1::timestamptz`;
}
