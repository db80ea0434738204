import type { AccessQueries } from './access-queries.js';

const P = '${project:sqlstring}';
const RANGE = '$__timeFrom(), $__timeTo()';

const counts = (dimension: string) => `grafana.access_counts(${P}, '${dimension}', ${RANGE})`;
const countsOverTime = (dimension: string) =>
  `grafana.access_counts(${P}, '${dimension}', ${RANGE}, $__interval_ms)`;

/** Over schema grafana, which migrations/postgres makes. */
export const postgresQueries: AccessQueries = {
  requests: `select n as "Requests" from ${counts('all')}`,
  errorRate: `select errors::float8 / nullif(n, 0) as "Error rate" from ${counts('all')}`,
  uniqueIps: `select n as "Unique IPs" from grafana.access_uniques(${P}, 'ip', ${RANGE})`,
  latencyTotals: `
    select avg_ms as "avg", p50_ms as "p50", p95_ms as "p95", p99_ms as "p99", max_ms as "max"
    from grafana.access_latency(${P}, 'all', ${RANGE})`,
  traffic: `
    select "time", v.metric, v.value
    from ${countsOverTime('all')} c
    cross join lateral (values ('requests', c.n), ('errors', c.errors)) as v(metric, value)
    order by 1, 2`,
  statusClasses: `
    select "time", case value when '' then 'none' else left(value, 1) || 'xx' end as metric, sum(n) as value
    from ${countsOverTime('status')}
    group by 1, 2
    order by 1, 2`,
  methods: `
    select "time", case value when '' then 'none' else value end as metric, n as value
    from ${countsOverTime('method')}
    order by 1, 2`,
  uniqueIpsOverTime: `
    select "time", 'unique IPs' as metric, n as value
    from grafana.access_uniques(${P}, 'ip', ${RANGE}, $__interval_ms)
    order by 1`,
  latency: `
    select "time", p50_ms as "p50", p95_ms as "p95", p99_ms as "p99"
    from grafana.access_latency(${P}, 'all', ${RANGE}, $__interval_ms)
    order by 1`,
  statuses: `
    select case value when '' then 'none' else value end as value, n as "Entries"
    from ${counts('status')}
    order by n desc, value`,
  top: (dimension, order, name) => `
    select value as "${name}", n as "Entries", errors as "Errors", errors::float8 / n as "Error rate",
           avg_ms as "Average", max_ms as "Longest"
    from ${counts(dimension)}
    where value not in ('', '(other)') and ${ORDERS[order].has}
    order by ${ORDERS[order].by} desc, n desc, value
    limit 10`,
  newest: `
    select "time", status as "Status", method as "Method", path as "Path", ip as "IP", latency_ms as "Latency",
           user_agent as "User agent"
    from grafana.access_entries
    where project_id = grafana.project_id(${P}) and $__timeFilter("time")
    order by "time" desc
    limit 50`,
};

const ORDERS = {
  Entries: { by: 'n', has: 'n > 0' },
  Errors: { by: 'errors', has: 'errors > 0' },
  Average: { by: 'avg_ms', has: 'timed > 0' },
} as const;
