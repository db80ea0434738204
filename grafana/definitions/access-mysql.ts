import type { AccessQueries } from './access-queries.js';

/*
 * MariaDB has no functions that give rows: what those of schema grafana do in PostgreSQL stands in each query here, over
 * the views that migrations/mysql makes. Projects are in PostgreSQL: $project is the id.
 */

const F = '$__unixEpochFrom()';
const T = '$__unixEpochTo()';
const PROJECT = 'project_id = $project';

const floor = (at: string, seconds: number | string) => `floor(${at} / ${seconds}) * ${seconds}`;
const ceil = (at: string, seconds: number | string) => `ceil(${at} / ${seconds}) * ${seconds}`;
const within = (from: string, to: string) => `time >= from_unixtime(${from}) and time < from_unixtime(${to})`;

/** Whole days in the middle of the range, and at its ends buckets of so many minutes. */
function cover(ends: string): string {
  const days = within(ceil(F, 86400), floor(T, 86400));
  const all = within(floor(F, `(${ends} * 60)`), ceil(T, `(${ends} * 60)`));
  return `(tier = 1440 and ${days} or tier = ${ends} and ${all} and not (${days}))`;
}

// Minutes are kept 8 days.
const ENDS = `case when ${T} - ${F} <= 21600 and ${F} > unix_timestamp() - 691200 then 1 when ${T} - ${F} <= 172800 then 15 else 60 end`;
const IN_MINUTES = cover(`(${ENDS})`);
const IN_HOURS = cover('60');
const IN_SKETCHES = cover(`(if(${T} - ${F} <= 86400, 15, 60))`);

/** Seconds between the points of a series, none finer than there are buckets. */
const STEP = `(case when ${F} > unix_timestamp() - 691200 and $__interval_ms <= 60000 then 60
      when ${F} > unix_timestamp() - 691200 and $__interval_ms <= 300000 then 300 when $__interval_ms <= 900000 then 900
      when $__interval_ms <= 3600000 then 3600 when $__interval_ms <= 21600000 then 21600 else 86400 end)`;
const TIER = `(case ${STEP} when 60 then 1 when 300 then 1 when 900 then 15 when 86400 then 1440 else 60 end)`;
const IN_STEPS = `tier = ${TIER} and ${within(floor(F, STEP), ceil(T, STEP))}`;
const POINT = `from_unixtime(floor(unix_timestamp(time) / ${STEP}) * ${STEP})`;

/** The same of sketches, of which there are not more than 50 to a series: each is large. */
const WIDE = `greatest($__interval_ms / 1000, (${T} - ${F}) / 50)`;
const SKETCH_STEP = `(case when ${WIDE} <= 900 then 900 when ${WIDE} <= 3600 then 3600 when ${WIDE} <= 21600 then 21600 else 86400 end)`;
const IN_SKETCH_STEPS = `tier = ${SKETCH_STEP} / 60 and ${within(floor(F, SKETCH_STEP), ceil(T, SKETCH_STEP))}`;

const counts = (dimension: string, where: string) =>
  `grafana_access_counts where ${PROJECT} and dimension = '${dimension}' and ${where}`;

const BIN_MS = (bin: string) => `if(${bin} = -32768, 0, 2 * pow(1.02, ${bin}) / 2.02)`;
const percentile = (share: number) =>
  `least(${BIN_MS(`min(if(seen >= greatest(1, ceil(${share}e0 * total)), bin, null))`)}, max(longest))`;

/** `time`, avg, percentiles and max by point. */
function latency(point: string, where: string): string {
  return `
    with binned as (
      select ${point} as time, bin, sum(n) as n from grafana_access_latency where ${PROJECT} and ${where} group by 1, 2
    ), ranked as (
      select time, bin, sum(n) over (partition by time order by bin) as seen, sum(n) over (partition by time) as total from binned
    ), measured as (
      select ${point} as time, sum(duration_sum) / sum(duration_n) as mean, max(duration_max) as longest
      from ${counts('all', where)}
      group by 1
    )
    select time, max(mean) as avg, ${percentile(0.5)} as p50, ${percentile(0.95)} as p95, ${percentile(0.99)} as p99, max(longest) as max
    from ranked join measured using (time)
    group by time
    order by time`;
}

/** Distinct addresses by point: hashes are counted; where a sketch has registers, all become registers (Ertl 2017, algorithm 6). */
function uniques(point: string, where: string): string {
  const sigma = `
      select sum(exp(greatest(ln(share) * pow(2, k), -700)) * pow(2, k - 1)) from steps`;
  return `
    with recursive steps as (
      select 1 as k union all select k + 1 from steps where k < 30
    ), hashes as (
      select distinct ${point} as time, hash, register, rank from grafana_access_hashes where ${PROJECT} and ${where}
    ), ranked as (
      select ${point} as time, register, max(rank) as rank from grafana_access_ranks where ${PROJECT} and ${where} group by 1, 2
    ), merged as (
      select time, register, max(rank) as rank
      from (select * from ranked union all select time, register, rank from hashes) as parts
      group by time, register
      having max(rank) > 0
    ), estimated as (
      select time, sum(pow(2, -rank)) as filled, (32768 - count(*)) / 32768e0 as share from merged group by time
    )
    select time, count(*) as n from hashes where time not in (select time from ranked) group by time
    union all
    select time, round(pow(32768, 2) / (2 * ln(2) * (filled + 32768 * if(share = 0, 0, share + (${sigma.trim()})))))
    from estimated where time in (select time from ranked)`;
}

const ORDERS = {
  Entries: { by: 'sum(n)', has: 'sum(n) > 0' },
  Errors: { by: 'sum(errors)', has: 'sum(errors) > 0' },
  Average: { by: 'sum(duration_sum) / sum(duration_n)', has: 'sum(duration_n) > 0' },
} as const;

export const mysqlQueries: AccessQueries = {
  requests: `select coalesce(sum(n), 0) as Requests from ${counts('all', IN_MINUTES)}`,
  errorRate: `select sum(errors) / sum(n) as 'Error rate' from ${counts('all', IN_MINUTES)}`,
  uniqueIps: `
    select coalesce(max(n), 0) as 'Unique IPs' from (${uniques('1', IN_SKETCHES)}
    ) as found`,
  latencyTotals: `select avg, p50, p95, p99, max from (${latency('1', IN_MINUTES)}
    ) as found`,
  traffic: `
    select ${POINT} as time, metric, sum(if(metric = 'errors', errors, n)) as value
    from (select * from ${counts('all', IN_STEPS)}) as counted
    cross join (select 'requests' as metric union all select 'errors') as metrics
    group by 1, 2
    order by 1, 2`,
  statusClasses: `
    select ${POINT} as time, if(value = '', 'none', concat(left(value, 1), 'xx')) as metric, sum(n) as value
    from ${counts('status', IN_STEPS)}
    group by 1, 2
    order by 1, 2`,
  methods: `
    select ${POINT} as time, if(value = '', 'none', value) as metric, sum(n) as value
    from ${counts('method', IN_STEPS)}
    group by 1, 2
    order by 1, 2`,
  uniqueIpsOverTime: `
    select time, 'unique IPs' as metric, n as value from (${uniques(
      `from_unixtime(floor(unix_timestamp(time) / ${SKETCH_STEP}) * ${SKETCH_STEP})`,
      IN_SKETCH_STEPS,
    )}
    ) as found
    order by time`,
  latency: `select time, p50, p95, p99 from (${latency(POINT, IN_STEPS)}
    ) as found
    order by time`,
  statuses: `
    select if(value = '', 'none', value) as value, sum(n) as Entries
    from ${counts('status', IN_MINUTES)}
    group by 1
    order by 2 desc, 1`,
  top: (dimension, order, name) => `
    select value as '${name}', sum(n) as Entries, sum(errors) as Errors, sum(errors) / sum(n) as 'Error rate',
           sum(duration_sum) / sum(duration_n) as Average, max(duration_max) as Longest
    from ${counts(dimension, IN_HOURS)} and value not in ('', '(other)')
    group by value
    having ${ORDERS[order].has}
    order by ${ORDERS[order].by} desc, sum(n) desc, value
    limit 10`,
  newest: `
    select time, status as Status, method as Method, path as Path, ip as IP, latency_ms as Latency, user_agent as 'User agent'
    from grafana_access_entries
    where ${PROJECT} and $__timeFilter(time)
    order by time desc
    limit 50`,
};
