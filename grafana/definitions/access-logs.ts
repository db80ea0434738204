import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, DataSourceRef, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../kit/dashboard.js';
import { bars, chart, stat, table } from '../kit/panels.js';
import { SqlQuery } from '../kit/sql-query.js';
import type { AccessQueries } from './access-queries.js';

export interface AccessStore {
  datasource: DataSourceRef;
  queries: AccessQueries;
  project: Builder<VariableModel>;
}

/** What web servers log, in whichever store: traffic, errors, latency, addresses. */
export function accessLogs(store: AccessStore): Dashboard {
  return dashboard({
    uid: 'access-logs',
    title: 'Sightline: access logs',
    about:
      'Access entries of a project, counted by their own timestamps; also those that ACCESS_LOG_KEEP keeps no row of.',
    variables: [store.project],
    rows: [
      { title: 'In this range', panels: figures(store) },
      { title: 'Traffic', panels: traffic(store) },
      { title: 'Latency and addresses', panels: latency(store) },
      { title: 'Most', panels: most(store) },
      { title: 'Newest', panels: newest(store) },
    ],
  });
}

const WHOLE = 'Whole minutes; of long ranges and of more than 8 days ago whole quarter hours or hours.';

function figures({ datasource, queries }: AccessStore) {
  const one = (sql: string) => [new SqlQuery(datasource, 'table', sql)];
  return [
    stat({
      title: 'Requests',
      about: WHOLE,
      datasource,
      width: 6,
      unit: 'short',
      queries: one(queries.requests),
    }),
    stat({
      title: 'Error rate',
      about: 'The share of entries with a status of 400 and more.',
      datasource,
      width: 6,
      unit: 'percentunit',
      decimals: 2,
      limits: [0.05, 0.2],
      queries: one(queries.errorRate),
    }),
    stat({
      title: 'Unique IPs',
      about: 'Exact up to 10,000, else within 2 %.',
      datasource,
      width: 6,
      unit: 'short',
      queries: one(queries.uniqueIps),
    }),
    stat({ title: 'Latency', datasource, width: 6, unit: 'ms', queries: one(queries.latencyTotals) }),
  ];
}

function traffic({ datasource, queries }: AccessStore) {
  const series = (sql: string) => [new SqlQuery(datasource, 'time_series', sql)];
  return [
    chart({
      title: 'Requests and errors',
      datasource,
      width: 8,
      unit: 'short',
      queries: series(queries.traffic),
    }),
    chart({
      title: 'Status',
      datasource,
      width: 8,
      unit: 'short',
      stacked: true,
      queries: series(queries.statusClasses),
    }),
    bars({
      title: 'Statuses',
      datasource,
      width: 8,
      unit: 'short',
      queries: [new SqlQuery(datasource, 'table', queries.statuses)],
    }),
    chart({
      title: 'Methods',
      datasource,
      width: 24,
      unit: 'short',
      stacked: true,
      queries: series(queries.methods),
    }),
  ];
}

function latency({ datasource, queries }: AccessStore) {
  return [
    chart({
      title: 'Latency',
      about: 'Percentiles within 1 %.',
      datasource,
      width: 12,
      unit: 'ms',
      queries: [new SqlQuery(datasource, 'time_series', queries.latency)],
    }),
    chart({
      title: 'Unique IPs',
      about: 'Of each point by itself; exact up to 10,000, else within 2 %.',
      datasource,
      width: 12,
      unit: 'short',
      queries: [new SqlQuery(datasource, 'time_series', queries.uniqueIpsOverTime)],
    }),
  ];
}

const HOURS = 'Whole hours.';
const UNITS = { 'Error rate': 'percentunit', Average: 'ms', Longest: 'ms' };

function most({ datasource, queries }: AccessStore) {
  const top = (title: string, ...asked: Parameters<AccessQueries['top']>) =>
    table({
      title,
      about: HOURS,
      datasource,
      width: 12,
      units: UNITS,
      queries: [new SqlQuery(datasource, 'table', queries.top(...asked))],
    });
  return [
    top('Top paths', 'path', 'Entries', 'Path'),
    top('Slowest paths', 'path', 'Average', 'Path'),
    top('Most failing paths', 'path', 'Errors', 'Path'),
    top('Top IPs', 'ip', 'Entries', 'IP'),
    top('Top user agents', 'user_agent', 'Entries', 'User agent'),
    top('IPs with most errors', 'ip', 'Errors', 'IP'),
  ];
}

function newest({ datasource, queries }: AccessStore) {
  return [
    table({
      title: 'Newest entries',
      about: 'With ACCESS_LOG_KEEP=errors only those with a status of 400 and more have a row.',
      datasource,
      width: 24,
      tall: true,
      units: { Latency: 'ms' },
      queries: [new SqlQuery(datasource, 'table', queries.newest)],
    }),
  ];
}
