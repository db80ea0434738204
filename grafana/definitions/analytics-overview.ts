import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, projectByName } from '../kit/dashboard.js';
import { POSTGRES } from '../kit/datasources.js';
import { bars, chart, stat, table } from '../kit/panels.js';
import { SqlQuery } from '../kit/sql-query.js';

const P = '${project:sqlstring}';
/** The dashboard's range. */
const RANGE = '$__timeFrom(), $__timeTo()';
const WIDENED = 'Whole minutes; of more than 8 days ago whole quarter hours.';

const rowsOf = (sql: string) => [new SqlQuery(POSTGRES, 'table', sql)];
const series = (sql: string) => [new SqlQuery(POSTGRES, 'time_series', sql)];
const datasource = POSTGRES;
/** Events that a question about properties goes through: no rollup has those. */
const NEWEST_MEASURED = 20_000;

/** What apps report: counts, people, names, latency, and the newest events. */
export function analyticsOverview(): Dashboard {
  return dashboard({
    uid: 'analytics-overview',
    title: 'Sightline: analytics overview',
    about: 'Events of a project, counted by their own timestamps. Days are UTC.',
    variables: [projectByName()],
    rows: [
      { title: 'Now', panels: [...totals(), ...people()] },
      { title: 'Volume', panels: volume() },
      { title: 'What is reported', panels: most() },
      { title: 'Providers', panels: providers() },
      { title: 'Activity', panels: activity() },
      { title: 'Real time', panels: [newest()] },
    ],
  });
}

function totals() {
  const inRange = `from grafana.event_counts(${P}, 'all', ${RANGE})`;
  return [
    stat({
      title: 'Events in all',
      datasource,
      width: 3,
      unit: 'short',
      queries: rowsOf(`
        select coalesce(sum(n), 0) as "Events"
        from grafana.event_totals
        where project_id = grafana.project_id(${P}) and dimension = 'all'`),
    }),
    stat({
      title: 'Last hour',
      about: WIDENED,
      datasource,
      width: 3,
      unit: 'short',
      queries: rowsOf(
        `select n as "Events" from grafana.event_counts(${P}, 'all', now() - interval '1 hour', now())`,
      ),
    }),
    stat({
      title: 'In this range',
      about: WIDENED,
      datasource,
      width: 3,
      unit: 'short',
      queries: rowsOf(`select n as "Events" ${inRange}`),
    }),
    stat({
      title: 'Error rate',
      about: 'The share of events of type error.',
      datasource,
      width: 3,
      unit: 'percentunit',
      decimals: 2,
      limits: [0.01, 0.05],
      queries: rowsOf(`select errors::float8 / nullif(n, 0) as "Error rate" ${inRange}`),
    }),
  ];
}

function people() {
  const uniques = (kind: string, window: string) =>
    rowsOf(`select n from grafana.event_uniques(${P}, '${kind}', ${window})`);
  const range =
    'Exact up to 10,000 and in ranges up to an hour, else within 2 %. Longer ranges are whole quarter hours.';
  return [
    stat({
      title: 'Active users',
      about: 'Of the last hour; counted in the rows.',
      datasource,
      width: 3,
      unit: 'short',
      queries: uniques('user', `now() - interval '1 hour', now()`),
    }),
    stat({
      title: 'Active sessions',
      about: 'Of the last 30 minutes; counted in the rows.',
      datasource,
      width: 3,
      unit: 'short',
      queries: uniques('session', `now() - interval '30 minutes', now()`),
    }),
    stat({
      title: 'Users in this range',
      about: range,
      datasource,
      width: 3,
      unit: 'short',
      queries: uniques('user', RANGE),
    }),
    stat({
      title: 'Sessions in this range',
      about: range,
      datasource,
      width: 3,
      unit: 'short',
      queries: uniques('session', RANGE),
    }),
  ];
}

function volume() {
  const by = (dimension: string) =>
    series(`
      select "time", value as metric, n as value
      from grafana.event_counts(${P}, '${dimension}', ${RANGE}, $__interval_ms)
      order by 1, 2`);
  const share = (dimension: string) =>
    rowsOf(
      `select value, n as "Events" from grafana.event_counts(${P}, '${dimension}', ${RANGE}) order by n desc, value`,
    );
  return [
    chart({
      title: 'Volume by type',
      datasource,
      width: 16,
      unit: 'short',
      stacked: true,
      queries: by('event_type'),
    }),
    bars({ title: 'Types', datasource, width: 8, unit: 'short', queries: share('event_type') }),
    chart({
      title: 'Volume by priority',
      datasource,
      width: 16,
      unit: 'short',
      stacked: true,
      queries: by('priority'),
    }),
    bars({ title: 'Priorities', datasource, width: 8, unit: 'short', queries: share('priority') }),
  ];
}

function most() {
  const top = (dimension: string, name: string) =>
    rowsOf(`
      select value as "${name}", n as "Events", errors as "Errors", avg_ms as "Average", max_ms as "Longest"
      from grafana.event_counts(${P}, '${dimension}', ${RANGE})
      where value <> ''
      order by n desc, value
      limit 10`);
  const units = { Average: 'ms', Longest: 'ms' };
  return [
    table({ title: 'Top names', datasource, width: 12, units, queries: top('event_name', 'Name') }),
    table({ title: 'Top versions', datasource, width: 12, units, queries: top('app_version', 'Version') }),
  ];
}

function providers() {
  const counted = `grafana.event_counts(${P}, 'provider_name', ${RANGE}`;
  return [
    bars({
      title: 'Top providers',
      datasource,
      width: 6,
      unit: 'short',
      queries: rowsOf(
        `select value, n as "Events" from ${counted}) where value <> '' order by n desc, value limit 10`,
      ),
    }),
    table({
      title: 'Providers compared',
      about: 'Share: of all events that name a provider.',
      datasource,
      width: 9,
      units: { Share: 'percentunit', 'Error rate': 'percentunit', Average: 'ms', Longest: 'ms' },
      queries: rowsOf(`
        select value as "Provider", n as "Events", n / sum(n) over () as "Share",
               errors::float8 / n as "Error rate", avg_ms as "Average", max_ms as "Longest"
        from ${counted})
        where value <> ''
        order by n desc, value
        limit 50`),
    }),
    chart({
      title: 'Volume by provider',
      datasource,
      width: 9,
      unit: 'short',
      queries: series(`
        select "time", value as metric, n as value
        from ${counted}, $__interval_ms)
        where value in (select value from ${counted}) where value <> '' order by n desc, value limit 10)
        order by 1, 2`),
    }),
    measured(),
  ];
}

/** What providers measure: a name, a value and a unit among the properties, by the words that are usual for each. */
function measured() {
  const first = (...names: string[]) =>
    `coalesce(${names.map((name) => `properties ->> '${name}'`).join(', ')})`;
  return table({
    title: 'Provider metrics',
    about: `Of events that name a provider: metric_name (or name), metric_value (or value), metric_unit (or unit) of their properties; without a name the event's own. The newest ${NEWEST_MEASURED} events of the range are looked at.`,
    datasource,
    width: 24,
    queries: rowsOf(`
      with newest as (
        select "timestamp", provider_name, event_name, properties
        from grafana.analytics_logs
        where project_id = grafana.project_id(${P}) and $__timeFilter("timestamp")
        order by "timestamp" desc
        limit ${NEWEST_MEASURED}
      ), named as (
        select "timestamp", provider_name, coalesce(${first('metric_name', 'name')}, event_name) as metric,
               ${first('metric_value', 'value')} as value, ${first('metric_unit', 'unit')} as unit
        from newest
        where provider_name is not null
      ), measured as (
        select "timestamp", provider_name, metric, coalesce(unit, '') as unit,
               case when value ~ '^[+-]?[0-9]{1,15}([.][0-9]{1,15})?$' then value::float8 end as value
        from named
      )
      select provider_name as "Provider", metric as "Metric", (array_agg(value order by "timestamp" desc))[1] as "Latest",
             avg(value) as "Average", min(value) as "Least", max(value) as "Most", unit as "Unit", count(*) as "Events"
      from measured
      where value is not null
      group by provider_name, metric, unit
      order by count(*) desc, provider_name, metric, unit
      limit 100`),
  });
}

function activity() {
  const uniques = (kind: string, name: string) => `
    select "time", '${name}' as metric, n as value from grafana.event_uniques(${P}, '${kind}', ${RANGE}, $__interval_ms)`;
  return [
    chart({
      title: 'System activity',
      about: 'What apps report of themselves, not of their users.',
      datasource,
      width: 8,
      unit: 'short',
      queries: series(`
        select "time", value as metric, n as value
        from grafana.event_counts(${P}, 'event_type', ${RANGE}, $__interval_ms)
        where value <> 'behavioral'
        order by 1, 2`),
    }),
    chart({
      title: 'Latency',
      about: 'Of events with a duration_ms; percentiles within 1 %.',
      datasource,
      width: 8,
      unit: 'ms',
      queries: series(`
        select "time", p50_ms as "p50", p95_ms as "p95", p99_ms as "p99"
        from grafana.event_latency(${P}, 'all', ${RANGE}, $__interval_ms)
        order by 1`),
    }),
    chart({
      title: 'Users and sessions',
      about: 'Of each quarter hour, or of what is wider; exact up to 10,000, else within 2 %.',
      datasource,
      width: 8,
      unit: 'short',
      queries: series(
        `${uniques('user', 'users')} union all ${uniques('session', 'sessions')} order by 1, 2`,
      ),
    }),
  ];
}

function newest() {
  return table({
    title: 'Newest events',
    datasource,
    width: 24,
    tall: true,
    units: { Duration: 'ms' },
    queries: rowsOf(`
      select "time", event_type as "Type", event_name as "Name", user_id as "User", session_id as "Session",
             app_version as "Version", priority as "Priority", provider_name as "Provider", duration_ms as "Duration"
      from grafana.events
      where project_id = grafana.project_id(${P}) and $__timeFilter("time")
      order by "time" desc
      limit 50`),
  });
}
