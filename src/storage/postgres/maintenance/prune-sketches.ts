import type pg from 'pg';
import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { CountedSource } from '../rollups/counted-source.js';
import { rows } from '../sql.js';
import { inUnhurriedTransaction } from './unhurried.js';

/** Deletes the sketches of minutes before `expiry`. */
export async function pruneSketches(pool: pg.Pool, source: CountedSource, expiry: Micros): Promise<void> {
  const kinds = source.uniqueKinds.map(({ kind }) => `('${kind}')`).join(', ');
  await inUnhurriedTransaction(pool, (db) =>
    rows(db, {
      text: `delete from ${source.uniques} u
             using projects p cross join (values ${kinds}) as k(kind)
             where u.project_id = p.id and u.kind = k.kind and u.tier = 1 and u.bucket < $1::timestamptz`,
      values: [formatRfc3339(expiry)],
    }),
  );
}
