import { bucketsOf, deltasOf, PARAMETERS, pointOf, spanOf, type Source } from './sources.js';

/** Distinct things of a window; with an interval at each point of a series. Exact up to 10,000, else within 2 %. */
export function uniquesOf(source: Source): string {
  const { name, unique, sketchTiers, finestSketch } = source;
  const finest = `greatest(${finestSketch}, grafana.finest($3))`;
  const tiers = `array_prepend(1, '${sketchTiers}'::integer[])`;
  return `
create or replace function grafana.${name}_uniques(${PARAMETERS})
  returns table ("time" timestamptz, n bigint)
  language sql stable security definer set jit = off
begin atomic
  ${spanOf(source, finest, tiers)}, part as (
    select ${pointOf('r.bucket')} as at, r.sketch, null::bytea as hash
    from ${bucketsOf(`${name}_uniques`, 'b.kind = $2')}
    where not ${isInRows(source)}
    union all
    select distinct ${pointOf('d."timestamp"')}, null::bytea, int8send(sightline_hash64(${unique}))
    from ${deltasOf(source)}
    where ${unique} is not null and not ${isInRows(source)}
  ), merged as materialized (
    select at, grafana.distinct_of(array_agg(sketch) filter (where sketch is not null), array_agg(hash) filter (where hash is not null)) as n
    from part group by 1
  )
  select p.at, coalesce(m.n, 0) from point p left join merged m on m.at = p.at where not ${isInRows(source)}${ofRows(source)}
  order by 1;
end;
`;
}

function isInRows({ inRows }: Source): string {
  return inRows === null ? 'false' : `(${inRows})`;
}

// A timestamp is at most 24 h after receipt.
function ofRows(source: Source): string {
  if (source.inRows === null) return '';
  return `
  union all
  select $3, count(distinct ${source.unique})
  from span s left join ${source.records} d
    on d.project_id = s.project_id and d."timestamp" >= $3 and d."timestamp" < $4 and d.created_at >= $3 - interval '24 hours'
  where ${isInRows(source)}
  group by 1 having ${isInRows(source)}`;
}

/** How many things sketches and hashes have seen together: src/core/counting/unique-sketch.ts and src/core/counting/hyperloglog.ts in SQL. */
export const DISTINCT_OF = `
-- The register of a HyperLogLog that a hash of 8 bytes belongs to, and its rank there.
create function grafana.register_of(hash bytea) returns integer
  language sql immutable parallel safe
  return get_byte(hash, 0) << 7 | get_byte(hash, 1) >> 1;

create function grafana.rank_of(hash bytea) returns integer
  language sql immutable parallel safe
  return coalesce(nullif(position(B'1' in ('x' || encode(hash, 'hex'))::bit(64) << 15), 0), 50);

-- The sum of the estimator (Ertl 2017, algorithm 6) over the share of registers that are still zero.
create function grafana.sigma(share double precision) returns double precision
  language sql immutable parallel safe
  return case when share = 0 then 0 else share + (
    select sum(exp(greatest(ln(share) * power(2::double precision, k), -700)) * power(2::double precision, k - 1))
    from generate_series(1, 30) as k) end;

-- Sketches of hashes alone are counted; with one of registers all become registers. A hash in 2^49 has the highest rank, whose own
-- term of the estimator is left out.
create function grafana.distinct_of(sketches bytea[], hashes bytea[]) returns bigint
  language sql immutable parallel safe
begin atomic
  with part as materialized (
    select sketch, get_byte(sketch, 0) = 1 as old, get_byte(sketch, 1) in (1, ascii('R')) as ranked,
           case when get_byte(sketch, 0) = 1 then 2 else 16 end as head
    from unnest($1) as u(sketch)
  ), seen as materialized (
    select substring(sketch from head + 8 * i + 1 for 8) as hash
    from part cross join lateral generate_series(0, (length(sketch) - head) / 8 - 1) as i
    where not ranked
    union
    select hash from unnest($2) as u(hash)
  ), ranks as (
    select i as register, get_byte(sketch, head + i) - case when old then 0 else ascii('0') end as rank
    from part cross join generate_series(0, 32767) as i
    where ranked
    union all
    select grafana.register_of(hash), grafana.rank_of(hash) from seen
  ), registers as (
    select max(rank) as rank from ranks group by register having max(rank) > 0
  )
  select case
    when cardinality($1) = 1 and $2 is null and get_byte($1[1], 0) = ascii('2')
      then convert_from(substring($1[1] from 3 for 14), 'UTF8')::bigint
    when not exists (select from part where ranked) then (select count(*) from seen)
    else (select round(32768.0::double precision ^ 2 / (2 * ln(2::double precision)
                       * (sum(power(2::double precision, -rank)) + 32768 * grafana.sigma((32768 - count(*)) / 32768.0::double precision))))
          from registers)::bigint end;
end;
`;
