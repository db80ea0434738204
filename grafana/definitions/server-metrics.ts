import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../kit/dashboard.js';
import { PROMETHEUS } from '../kit/datasources.js';
import { chart, stat } from '../kit/panels.js';
import { now, over, percentiles } from '../kit/prom-query.js';
import { EVERY, SERVERS, chosenServers, rate } from '../kit/servers.js';

const datasource = PROMETHEUS;
/** A tail lasts as long as somebody looks at it. */
const NO_STREAMS = `${SERVERS}, endpoint!~".*/(tail|export)"`;

// What never happened has no series: then it is 0 wherever requests are counted.
const failed = `(${rate('http_requests_total', '', `${SERVERS}, status=~"5.."`)} or 0 * ${rate('http_requests_total')})`;

/** How the server does: requests, ingest, queue, flushes, cache, room. */
export function serverMetrics(): Dashboard {
  return dashboard({
    uid: 'server-metrics',
    title: 'Sightline: server metrics',
    about: 'All projects together: metrics know of none. Numbers are of all processes that are chosen.',
    variables: chosenServers('ingest_queue_limit'),
    rows: [
      { title: 'Now', panels: figures() },
      { title: 'Requests', panels: requests() },
      { title: 'Ingestion', panels: ingestion() },
      { title: 'Queue and flushes', panels: queue() },
      { title: 'Cache, database and limits', panels: cache() },
      { title: 'Room and processes', panels: room() },
    ],
  });
}

function figures() {
  return [
    stat({ title: 'Processes up', datasource, width: 3, queries: now(`sum(up{${SERVERS}})`) }),
    stat({
      title: 'Request rate',
      datasource,
      width: 3,
      unit: 'reqps',
      queries: now(rate('http_requests_total')),
    }),
    stat({
      title: 'Error rate',
      about: 'The share of requests that were answered with 5xx.',
      datasource,
      width: 3,
      unit: 'percentunit',
      decimals: 2,
      limits: [0.01, 0.1],
      queries: now(`${failed} / ${rate('http_requests_total')}`),
    }),
    stat({
      title: 'p95',
      datasource,
      width: 3,
      unit: 's',
      limits: [0.5, 1],
      queries: now(
        `histogram_quantile(0.95, ${rate('http_request_duration_seconds_bucket', 'le', NO_STREAMS)})`,
      ),
    }),
    stat({
      title: 'Events stored',
      datasource,
      width: 3,
      unit: 'cps',
      queries: now(rate('logs_ingested_total')),
    }),
    stat({
      title: 'Access entries stored',
      datasource,
      width: 3,
      unit: 'cps',
      queries: now(rate('access_logs_ingested_total')),
    }),
    stat({
      title: 'Queue',
      datasource,
      width: 3,
      unit: 'short',
      queries: now(`sum(ingest_queue_depth{${SERVERS}})`),
    }),
    stat({
      title: 'Unique IPs',
      about: 'Of all projects and all time.',
      datasource,
      width: 3,
      unit: 'short',
      queries: now(`max(unique_ip_addresses{${SERVERS}})`),
    }),
  ];
}

function requests() {
  const status = `label_replace(rate(http_requests_total{${SERVERS}}${EVERY}), "class", "\${1}xx", "status", "(.)..")`;
  return [
    chart({
      title: 'Request rate',
      datasource,
      width: 8,
      unit: 'reqps',
      stacked: true,
      queries: over([`sum by (class) (${status})`, '{{class}}']),
    }),
    chart({
      title: 'Latency',
      about: 'Without exports and live tails.',
      datasource,
      width: 8,
      unit: 's',
      queries: percentiles('http_request_duration_seconds', NO_STREAMS),
    }),
    chart({
      title: 'Error rate',
      about: 'The share of requests that were answered with 5xx, and with 4xx.',
      datasource,
      width: 8,
      unit: 'percentunit',
      queries: over(
        [`${failed} / ${rate('http_requests_total')}`, '5xx'],
        [
          `${rate('http_requests_total', '', `${SERVERS}, status=~"4.."`)} / ${rate('http_requests_total')}`,
          '4xx',
        ],
      ),
    }),
    chart({
      title: 'Rate by endpoint',
      datasource,
      width: 12,
      unit: 'reqps',
      queries: over([rate('http_requests_total', 'method, endpoint'), '{{method}} {{endpoint}}']),
    }),
    chart({
      title: 'p95 by endpoint',
      datasource,
      width: 12,
      unit: 's',
      queries: over([
        `histogram_quantile(0.95, ${rate('http_request_duration_seconds_bucket', 'endpoint, le', NO_STREAMS)})`,
        '{{endpoint}}',
      ]),
    }),
  ];
}

function ingestion() {
  return [
    chart({
      title: 'Ingestion by type',
      about: 'Events stored by type, and access entries.',
      datasource,
      width: 8,
      unit: 'cps',
      stacked: true,
      queries: over(
        [rate('logs_ingested_total', 'event_type'), '{{event_type}}'],
        [rate('access_logs_ingested_total'), 'access entries'],
      ),
    }),
    chart({
      title: 'Validation errors',
      datasource,
      width: 8,
      unit: 'cps',
      queries: over(
        [rate('validation_errors_total', 'field, error_type'), '{{field}}: {{error_type}}'],
        [rate('invalid_requests_total'), 'requests with 400'],
      ),
    }),
    chart({
      title: 'Batch sizes',
      datasource,
      width: 8,
      unit: 'short',
      queries: [
        ...percentiles('batch_size', SERVERS),
        ...over([`${rate('batch_size_sum')} / ${rate('batch_size_count')}`, 'mean']).map((query) =>
          query.refId('D'),
        ),
      ],
    }),
    chart({
      title: 'Batches, duplicates, refused records',
      datasource,
      width: 12,
      unit: 'cps',
      queries: over(
        [rate('log_batches_received_total'), 'batches'],
        [rate('duplicate_events_total'), 'duplicate events'],
        [rate('logs_rejected_total'), 'events refused'],
        [rate('access_logs_rejected_total'), 'access entries refused'],
      ),
    }),
    chart({
      title: 'Requests refused or failed',
      datasource,
      width: 12,
      unit: 'reqps',
      queries: over(
        [rate('rate_limited_total'), 'rate limit'],
        [rate('ingest_errors_total'), 'ingest failed'],
      ),
    }),
  ];
}

function queue() {
  return [
    chart({
      title: 'Queue',
      about: 'Records taken in and not yet stored, and how many one process takes of one kind.',
      datasource,
      width: 8,
      unit: 'short',
      queries: over(
        [`sum(ingest_queue_depth{${SERVERS}})`, 'waiting'],
        [`min(ingest_queue_limit{${SERVERS}})`, 'limit of a process'],
      ),
    }),
    chart({
      title: 'Flush times',
      datasource,
      width: 8,
      unit: 's',
      queries: percentiles('ingest_flush_duration_seconds', SERVERS),
    }),
    chart({
      title: 'Flush sizes',
      datasource,
      width: 8,
      unit: 'short',
      queries: percentiles('ingest_flush_rows', SERVERS),
    }),
  ];
}

function cache() {
  const hits = rate('cache_requests_total', '', `${SERVERS}, result="hit"`);
  return [
    chart({
      title: 'Cache',
      datasource,
      width: 8,
      unit: 'ops',
      stacked: true,
      queries: over([rate('cache_requests_total', 'result'), '{{result}}']),
    }),
    chart({
      title: 'Cache hits',
      about: 'The share of answers that came from the cache.',
      datasource,
      width: 8,
      unit: 'percentunit',
      max: 1,
      queries: over([`${hits} / ${rate('cache_requests_total')}`, 'hits']),
    }),
    chart({
      title: 'Store: p95 by operation',
      datasource,
      width: 8,
      unit: 's',
      queries: over([
        `histogram_quantile(0.95, ${rate('database_operation_duration_seconds_bucket', 'operation, le')})`,
        '{{operation}}',
      ]),
    }),
    chart({
      title: 'Failures of the store',
      datasource,
      width: 16,
      unit: 'cps',
      queries: over(
        // Each operation has a series, nearly all of them at 0.
        [`${rate('database_errors_total', 'operation')} > 0`, '{{operation}}'],
        [rate('ingest_flush_failures_total'), 'flushes'],
      ),
    }),
    chart({
      title: 'Dead letters',
      about: 'Records that could not be stored as they came, and that nobody has replayed or dropped yet.',
      datasource,
      width: 8,
      unit: 'short',
      queries: over([`max(dead_letters_waiting{${SERVERS}})`, 'waiting']),
    }),
  ];
}

function room() {
  return [
    chart({
      title: 'Free disk',
      datasource,
      width: 6,
      unit: 'bytes',
      queries: over([`min by (folder) (disk_free_bytes{${SERVERS}})`, '{{folder}}']),
    }),
    chart({
      title: 'Database size',
      datasource,
      width: 6,
      unit: 'bytes',
      queries: over([`max by (store) (database_size_bytes{${SERVERS}})`, '{{store}}']),
    }),
    chart({
      title: 'Memory',
      datasource,
      width: 6,
      unit: 'bytes',
      queries: over([`sum by (instance) (process_resident_memory_bytes{${SERVERS}})`, '{{instance}}']),
    }),
    chart({
      title: 'Processor',
      about: 'Cores in use.',
      datasource,
      width: 6,
      unit: 'short',
      queries: over([rate('process_cpu_seconds_total', 'instance'), '{{instance}}']),
    }),
  ];
}
