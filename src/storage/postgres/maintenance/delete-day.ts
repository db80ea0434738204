import type { CountedKind } from '../../../core/counting/kind.js';
import { rows, type Queryable } from '../sql.js';

/** Deletes all that counts the records received on a day. Under the lock of the rollups. */
export async function deleteDay(db: Queryable, { name }: CountedKind, day: string): Promise<void> {
  for (const table of ['totals', 'rollups', 'uniques']) {
    await rows(db, { text: `delete from ${name}_${table} where day = $1::date`, values: [day] });
  }
  // A timestamp is at most 24 h after receipt.
  if (name === 'event')
    await rows(db, { text: `delete from event_seen where from_at < $1::date + 2`, values: [day] });
  await deleteUncounted(db, name, day);
}

// Processes know a block by its id and read it once: one that loses records becomes another.
async function deleteUncounted(db: Queryable, name: CountedKind['name'], day: string): Promise<void> {
  const isNew = name === 'event' ? 'b.fresh is null or u.place = any(b.fresh)' : 'true';
  await rows(db, {
    text: `
with old as (
  delete from ${name}_blocks b
  where exists (select from ${RECORDS} where ${IS_OF_DAY})
  returning *
)
insert into ${name}_blocks (stored_at, size, records)
select b.stored_at, count(*), json_agg(u.record order by u.place)
from old b cross join lateral ${RECORDS}
where (${isNew}) and not ${IS_OF_DAY}
group by b.id, b.stored_at
order by b.id`,
    values: [day],
  });
}

const RECORDS = 'jsonb_array_elements(b.records::jsonb) with ordinality as u(record, place)';
const IS_OF_DAY = `(u.record ->> 1)::integer = $1::date - date '1970-01-01'`;
