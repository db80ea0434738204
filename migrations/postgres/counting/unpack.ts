import { EVENT_DELTAS, EVENT_ROLLUPS } from '../1763600000000-events.js';
import { ACCESS_DELTAS, ACCESS_ROLLUPS } from '../1763700000000-access-logs.js';
import { quoted, renameRollups } from './pack.js';
import { ACCESS, EVENT, type Kind } from './tables.js';

/** The tables as they were, empty, beside those that are: `event_rollups_packed`. */
export const OLD_TABLES = `
lock table event_blocks, access_blocks, event_rollups, access_rollups in access exclusive mode;
${[EVENT, ACCESS].map(({ name }) => renameRollups(name, 'packed')).join('')}
${EVENT_DELTAS}${EVENT_ROLLUPS}${ACCESS_DELTAS}${ACCESS_ROLLUPS}`;

/** What is in packed rows and blocks, in rows of their own again. */
export const UNPACKED = [EVENT, ACCESS].map(unpacked).join('');

function unpacked({ name, dimensions, timed }: Kind): string {
  return `
insert into ${name}_rollups (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max)
select p.project_id, d.dimension, p.tier, p.bucket, c.cell ->> 0, p.day, sum((c.cell ->> 1)::bigint), sum((c.cell ->> 2)::bigint),
       coalesce(sum((c.cell ->> 3)::bigint), 0), coalesce(sum((c.cell ->> 4)::double precision), 0), max((c.cell ->> 5)::double precision)
from ${cells(name, dimensions, '')}
group by 1, 2, 3, 4, 5, 6;

insert into ${name}_latency (project_id, dimension, tier, bucket, value, day, bins, counts)
select project_id, dimension, tier, bucket, value, day, array_agg(bin order by bin), array_agg(n order by bin)
from (
  select p.project_id, d.dimension, p.tier, p.bucket, c.cell ->> 0 as value, p.day, h.bin, sum(h.n)::bigint as n
  from ${cells(name, timed, '_latency')}
  cross join lateral unnest(${array('c.cell ->> 1')}::smallint[], ${array('c.cell ->> 2')}::bigint[]) as h(bin, n)
  group by 1, 2, 3, 4, 5, 6, 7
) as hits
group by 1, 2, 3, 4, 5, 6;

insert into ${name}_deltas select * from ${name}_pending;
`;
}

function cells(name: string, dimensions: readonly string[], suffix: string): string {
  const columns = dimensions.map((dimension) => `('${dimension}', p.${quoted(dimension + suffix)})`);
  return `${name}_rollups_packed p cross join lateral (values ${columns.join(', ')}) as d(dimension, cells)
  cross join lateral jsonb_array_elements(d.cells::jsonb) as c(cell)`;
}

/** The text of an array of numbers in JSON as that of PostgreSQL: a fraction of the time of taking it apart. */
export function array(json: string): string {
  return `translate(${json}, '[]', '{}')`;
}
