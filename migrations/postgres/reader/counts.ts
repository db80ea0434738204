import { deltasOf, PARAMETERS, pointOf, spanOf, type Source } from './sources.js';

/** Counts of a window by the values of a dimension; with an interval a series of them, zeros included. */
export function countsOf(source: Source): string {
  const { name, cells, value, byHour, error, duration } = source;
  const finest = `case when ${byHour} then 60 else grafana.finest($3) end`;
  return `
create or replace function grafana.${name}_counts(${PARAMETERS})
  returns table ("time" timestamptz, value text, n bigint, errors bigint, timed bigint, avg_ms double precision, max_ms double precision)
  language sql stable security definer set jit = off
begin atomic
  ${spanOf(source, finest, `'{1,15,60,1440}'::integer[]`)}, part as (
    select ${pointOf('r.bucket')} as at, r.value, r.n, r.errors, r.duration_n, r.duration_sum, r.duration_max
    from ${cells}
    union all
    select ${pointOf('d."timestamp"')}, ${value}, 1, case when ${error} then 1 else 0 end,
           case when ${duration} is null then 0 else 1 end, coalesce(${duration}, 0), ${duration}
    from ${deltasOf(source)}
  ), summed as materialized (
    select at, value, sum(n)::bigint as n, sum(errors)::bigint as errors, sum(duration_n)::bigint as timed,
           sum(duration_sum) as duration_sum, max(duration_max) as max_ms
    from part group by 1, 2
  ), zero as (
    select p.at, f.value
    from point p cross join (
      select distinct value from summed where (select step from span) is not null union select '' where $2 = 'all'
    ) as f
    where not exists (select from summed c where c.at = p.at and c.value = f.value)
  )
  select at, value, n, errors, timed, duration_sum / nullif(timed, 0), max_ms from summed
  union all
  select at, value, 0, 0, 0, null, null from zero;
end;
`;
}
