import type { Provider } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';

const FAST_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** What HTTP, ingest and the database report; a feature's own metrics stand in its module. */
export const metricProviders: Provider[] = [
  makeCounterProvider({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'endpoint', 'status'],
  }),
  makeHistogramProvider({
    name: 'http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its answer',
    labelNames: ['method', 'endpoint'],
    buckets: FAST_S,
  }),
  makeCounterProvider({ name: 'invalid_requests_total', help: 'Requests answered with 400' }),
  makeCounterProvider({ name: 'rate_limited_total', help: 'Requests refused by a rate limit' }),
  makeCounterProvider({ name: 'ingest_errors_total', help: 'Ingest requests that failed on the server' }),
  makeCounterProvider({
    name: 'logs_ingested_total',
    help: 'Events stored, without duplicates',
    labelNames: ['event_type', 'priority'],
  }),
  makeCounterProvider({ name: 'duplicate_events_total', help: 'Events that had been stored already' }),
  makeCounterProvider({ name: 'logs_rejected_total', help: 'Events refused' }),
  makeCounterProvider({ name: 'access_logs_rejected_total', help: 'Access entries refused' }),
  makeCounterProvider({
    name: 'validation_errors_total',
    help: 'Reasons for which events were refused',
    labelNames: ['field', 'error_type'],
  }),
  makeCounterProvider({
    name: 'dead_letters_total',
    help: 'Records that can never be stored as they came, listed as dead letters',
    labelNames: ['reason'],
  }),
  makeCounterProvider({
    name: 'dead_letter_failures_total',
    help: 'Records that the database refused and that could not be listed as dead letters either',
  }),
  makeCounterProvider({ name: 'log_batches_received_total', help: 'Batches received' }),
  makeHistogramProvider({
    name: 'batch_size',
    help: 'Records of a batch',
    labelNames: ['endpoint'],
    buckets: SIZES,
  }),
  makeGaugeProvider({ name: 'ingest_queue_depth', help: 'Records accepted and not yet stored' }),
  makeGaugeProvider({
    name: 'ingest_queue_limit',
    help: 'Most records of one kind, events or access entries, that may be accepted and not yet stored',
  }),
  makeHistogramProvider({
    name: 'ingest_flush_duration_seconds',
    help: 'Time to write one flush',
    buckets: FAST_S,
  }),
  makeCounterProvider({ name: 'ingest_flush_failures_total', help: 'Flushes that failed' }),
  makeHistogramProvider({ name: 'ingest_flush_rows', help: 'Records of one flush', buckets: SIZES }),
  makeHistogramProvider({
    name: 'database_operation_duration_seconds',
    help: 'Duration of an operation of the store',
    labelNames: ['operation'],
    buckets: FAST_S,
  }),
  makeCounterProvider({
    name: 'database_errors_total',
    help: 'Operations of the store that failed',
    labelNames: ['operation'],
  }),
];
