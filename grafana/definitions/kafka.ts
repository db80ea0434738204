import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../kit/dashboard.js';
import { PROMETHEUS } from '../kit/datasources.js';
import { chart, stat } from '../kit/panels.js';
import { now, over, percentiles } from '../kit/prom-query.js';
import { SERVERS, chosenServers, rate } from '../kit/servers.js';

const datasource = PROMETHEUS;
/** Each process tells of every partition: whichever are chosen, a partition counts once. */
const LAG = `max by (topic, partition) (kafka_consumer_lag{${SERVERS}})`;
const LAG_SECONDS = `kafka_consumer_lag_seconds{${SERVERS}}`;
const RECORDS = 'Of the records in the messages: one holds up to 500.';

/** What is between HTTP and the databases: how much waits there, how it comes and goes, what could not be stored. */
export function kafkaPipeline(): Dashboard {
  return dashboard({
    uid: 'kafka',
    title: 'Sightline: Kafka',
    about: 'All projects together. Servers and workers are instances of one job.',
    variables: chosenServers('kafka_consumer_lag'),
    rows: [
      { title: 'Now', panels: figures() },
      { title: 'Lag', panels: lag() },
      { title: 'In and out', panels: flow() },
      { title: 'What does not go well', panels: trouble() },
    ],
  });
}

function figures() {
  return [
    stat({
      title: 'Messages waiting',
      about: "As Kafka's own tools count them, for the group of the workers.",
      datasource,
      width: 5,
      unit: 'short',
      queries: now(`sum(${LAG})`),
    }),
    stat({
      title: 'Stored late by',
      about: 'How long the oldest message has been waiting.',
      datasource,
      width: 5,
      unit: 's',
      limits: [60, 3600],
      queries: now(`max(${LAG_SECONDS})`),
    }),
    stat({
      title: 'Records in',
      about: 'Acknowledged by Kafka.',
      datasource,
      width: 5,
      unit: 'cps',
      queries: now(rate('kafka_records_produced_total')),
    }),
    stat({
      title: 'Records stored',
      datasource,
      width: 5,
      unit: 'cps',
      queries: now(rate('kafka_records_consumed_total')),
    }),
    stat({
      title: 'Dead letters waiting',
      datasource,
      width: 4,
      unit: 'short',
      limits: [1, 1000],
      queries: now(`max(dead_letters_waiting{${SERVERS}})`),
    }),
  ];
}

function lag() {
  return [
    chart({
      title: 'Lag by partition',
      about: 'Messages that are in the topic and not in the database yet.',
      datasource,
      width: 12,
      unit: 'short',
      queries: over([LAG, '{{topic}}/{{partition}}']),
    }),
    chart({
      title: 'Lag in seconds',
      about: 'How long the oldest message of a partition has been waiting.',
      datasource,
      width: 12,
      unit: 's',
      queries: over([`max by (topic, partition) (${LAG_SECONDS})`, '{{topic}}/{{partition}}']),
    }),
  ];
}

function flow() {
  return [
    chart({
      title: 'Records in',
      about: `Acknowledged by Kafka. ${RECORDS}`,
      datasource,
      width: 12,
      unit: 'cps',
      queries: over([rate('kafka_records_produced_total', 'topic'), '{{topic}}']),
    }),
    chart({
      title: 'Records stored',
      about: `${RECORDS} Topics of others are only stored from, not written to.`,
      datasource,
      width: 12,
      unit: 'cps',
      queries: over([rate('kafka_records_consumed_total', 'topic, instance'), '{{topic}}: {{instance}}']),
    }),
    chart({
      title: 'Time until Kafka acknowledges',
      datasource,
      width: 12,
      unit: 's',
      queries: percentiles('kafka_produce_duration_seconds', SERVERS),
    }),
    chart({
      title: 'Records of a transaction',
      datasource,
      width: 12,
      unit: 'short',
      queries: percentiles('kafka_flush_records', SERVERS),
    }),
  ];
}

function trouble() {
  return [
    chart({
      title: 'Retries',
      about: 'Batches that were tried once more: the database is away, or refused all of them.',
      datasource,
      width: 8,
      unit: 'cps',
      queries: over([rate('kafka_retries_total', 'instance'), '{{instance}}']),
    }),
    chart({
      title: 'Rebalances',
      about: 'A worker got other partitions: one came, went, or was not heard of for too long.',
      datasource,
      width: 8,
      unit: 'cps',
      queries: over([rate('kafka_rebalances_total', 'instance'), '{{instance}}']),
    }),
    chart({
      title: 'New dead letters',
      about: 'Records that could not be stored as they came, by reason.',
      datasource,
      width: 8,
      unit: 'cps',
      queries: over([rate('dead_letters_total', 'reason'), '{{reason}}']),
    }),
  ];
}
