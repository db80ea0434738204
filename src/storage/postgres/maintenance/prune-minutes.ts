import type pg from 'pg';
import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { CountedSource } from '../rollups/counted-source.js';
import { rows } from '../sql.js';
import { inUnhurriedTransaction } from './unhurried.js';

/** Deletes the minute buckets before `expiry`, of counts and of durations. */
export async function pruneMinutes(pool: pg.Pool, source: CountedSource, expiry: Micros): Promise<void> {
  const dimensions = source.dimensions.filter(({ tiers }) => tiers.includes(1)).map(({ name }) => name);
  for (const table of [source.rollups, source.latency]) {
    await inUnhurriedTransaction(pool, (db) =>
      rows(db, { text: deleteFrom(table, ['all', ...dimensions]), values: [formatRfc3339(expiry)] }),
    );
  }
}

// By project and dimension, so that the primary key leads to the buckets.
function deleteFrom(table: string, dimensions: readonly string[]): string {
  return `
delete from ${table} r
using projects p
cross join (values ${dimensions.map((name) => `('${name}')`).join(', ')}) as d(dimension)
where r.project_id = p.id and r.dimension = d.dimension and r.tier = 1 and r.bucket < $1::timestamptz`;
}
