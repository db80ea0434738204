/** How a window of time is cut into buckets of the rollups. All buckets are aligned to UTC. */
export const WINDOWS = `
create function grafana.floor_to(at timestamptz, minutes integer) returns timestamptz
  language sql immutable parallel safe
  return date_bin(make_interval(mins => minutes), at, '1970-01-01Z');

create function grafana.ceil_to(at timestamptz, minutes integer) returns timestamptz
  language sql immutable parallel safe
  return date_bin(make_interval(mins => minutes), at + make_interval(mins => minutes) - interval '1 microsecond', '1970-01-01Z');

-- Minutes between the points of a series: those of Grafana's $__interval_ms, made up to what the rollups have. Null gives null:
-- one point for all of the window. finest: minutes of the finest buckets that there are.
create function grafana.step(interval_ms bigint, finest integer) returns integer
  language sql immutable parallel safe
  return case when interval_ms is not null then coalesce(
    (select min(minutes) from unnest(array[1, 5, 15, 60, 360, 1440]) as u(minutes)
     where minutes >= finest and minutes * 60000::bigint >= interval_ms), 1440) end;

-- The finest buckets that a window can be counted in: minutes are kept 8 days.
create function grafana.finest(from_at timestamptz) returns integer
  language sql stable parallel safe
  return case when from_at < now() - interval '8 days' then 15 else 1 end;

-- A window as stretches of whole buckets, widest first. tiers: widths of the buckets that there are, ascending, each a multiple of
-- the one before. Without a step the window is widened to whole buckets of the narrowest, with one to whole steps.
create function grafana.runs(from_at timestamptz, to_at timestamptz, tiers integer[], step integer)
  returns table (tier integer, run_from timestamptz, run_to timestamptz)
  language sql stable
begin atomic
  with recursive usable as materialized (
    select case when $4 is null then $3 else (select array[max(t)] from unnest($3) as u(t) where $4 % t = 0) end as tiers
  ), level as (
    select 1 as i, u.tiers[1] as tier, grafana.floor_to($1, coalesce($4, u.tiers[1])) as lo,
           grafana.ceil_to($2, coalesce($4, u.tiers[1])) as hi
    from usable u
    union all
    select i + 1, u.tiers[i + 1], grafana.ceil_to(lo, u.tiers[i + 1]), grafana.floor_to(hi, u.tiers[i + 1])
    from level cross join usable u
    where i < cardinality(u.tiers) and grafana.ceil_to(lo, u.tiers[i + 1]) < grafana.floor_to(hi, u.tiers[i + 1])
  ), nested as (
    select level.tier, lo, hi, lead(lo) over (order by i) as inner_lo, lead(hi) over (order by i) as inner_hi from level
  )
  select n.tier, lo, coalesce(inner_lo, hi) from nested n where lo < coalesce(inner_lo, hi)
  union all
  select n.tier, inner_hi, hi from nested n where inner_hi < hi;
end;
`;

export const DROP_WINDOWS = `
drop function grafana.runs(timestamptz, timestamptz, integer[], integer);
drop function grafana.finest(timestamptz);
drop function grafana.step(bigint, integer);
drop function grafana.ceil_to(timestamptz, integer);
drop function grafana.floor_to(timestamptz, integer);
`;
