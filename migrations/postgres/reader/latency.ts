import { deltasOf, PARAMETERS, pointOf, spanOf, type Source } from './sources.js';

/**
 * Durations of a window, as countsOf has counts: percentiles by nearest rank, within 1 %, as src/core/counting/latency-histogram.ts. Only
 * what was timed.
 */
export function latencyOf(source: Source): string {
  const { name, histograms, value, byHour, duration } = source;
  const finest = `case when ${byHour} then 60 else grafana.finest($3) end`;
  return `
create or replace function grafana.${name}_latency(${PARAMETERS})
  returns table ("time" timestamptz, value text, n bigint, avg_ms double precision, p50_ms double precision, p95_ms double precision,
                 p99_ms double precision, max_ms double precision)
  language sql stable security definer set jit = off
begin atomic
  ${spanOf(source, finest, `'{1,15,60,1440}'::integer[]`)}, part as (
    select ${pointOf('r.bucket')} as at, r.value, u.bin, u.n
    from ${histograms}
    union all
    select ${pointOf('d."timestamp"')}, ${value}, sightline_latency_bin(${duration}), 1
    from ${deltasOf(source)}
    where ${duration} is not null
  ), binned as materialized (
    select at, value, bin, sum(n::double precision) as n from part group by 1, 2, 3
  ), ranked as (
    select at, value, bin, sum(n) over (partition by at, value order by bin) as seen, sum(n) over (partition by at, value) as total
    from binned
  ), percentile as (
    select at, value, ${['0.5', '0.95', '0.99'].map((share, k) => `${hit(share)} as bin${k}`).join(', ')}
    from ranked group by 1, 2
  )
  select c."time", c.value, c.timed, c.avg_ms, ${[0, 1, 2].map((k) => `least(grafana.bin_ms(bin${k}), c.max_ms)`).join(', ')}, c.max_ms
  from grafana.${name}_counts($1, $2, $3, $4, $5) c join percentile p on p.at = c."time" and p.value = c.value;
end;
`;
}

// in doubles, as the server: the same rank to the last one
function hit(share: string): string {
  return `min(bin) filter (where seen >= greatest(1, ceil(${share}::double precision * total)))`;
}

export const BIN_MS = `
-- Milliseconds that stand for all of a bin: at most 1 % from each.
create function grafana.bin_ms(bin smallint) returns double precision
  language sql immutable parallel safe
  return case when bin = -32768 then 0 else 2 * power(1.02::double precision, bin) / 2.02 end;
`;
