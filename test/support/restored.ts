import pg from 'pg';
import { HOUR_MS } from '../../src/core/time.js';
import { anEntry, postLogs } from './access-api.js';
import { anEvent, apiOf, type Api } from './api.js';
import type { Clients } from './ledger-clients.js';
import type { TestServer } from './server.js';

/** What was put into a server before its backup, and what is to be found after the restore. */
export interface Filled {
  /** Each of these routes must give the same answer. */
  questions: string[];
  /** Made over HTTP: valid. */
  key: string;
  revokedKey: string;
}

/** Events and access entries of two hours ago, and keys. Whatever comes meanwhile is later: it changes no answer. */
export async function fill(server: TestServer): Promise<Filled> {
  const api = apiOf(server);
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
  const at = (index: number) => new Date(hourMs + index * 6_000).toISOString();
  const logs = Array.from({ length: 500 }, (_, index) => anOldEvent(index, at(index)));
  await expectStatus(201, api.post('/api/v1/batch-ingest', { logs }));
  const entries = Array.from({ length: 300 }, (_, index) =>
    anEntry({
      timestamp: at(index),
      path: `/p/${index % 7}`,
      status: index % 9 ? 200 : 500,
      latency_ms: index,
    }),
  );
  await expectStatus(200, postLogs(api, 'application/json', entries));
  const made = await Promise.all(['kept', 'revoked'].map((name) => makeKey(api, name)));
  await expectStatus(200, api.post(`/api/v1/keys/${made[1].id}/revoke`, {}));
  return { questions: questionsOf(at(0), at(600)), key: made[0].key, revokedKey: made[1].key };
}

const TYPES = ['behavioral', 'telemetry', 'error', 'performance'];

function anOldEvent(index: number, timestamp: string): Record<string, unknown> {
  return anEvent({
    timestamp,
    event_type: TYPES[index % TYPES.length],
    event_name: `name ${index % 11}`,
    user_id: `u-${index % 40}`,
    session_id: `s-${index % 90}`,
    properties: { duration_ms: index, tags: { provider: `p ${index % 3}` }, big: index },
  });
}

async function makeKey(api: Api, name: string): Promise<{ id: string; key: string }> {
  const { body } = await api.post('/api/v1/keys', { name, scopes: ['ingest', 'query'] });
  return body.data;
}

function questionsOf(from: string, to: string): string[] {
  const window = `from=${from}&to=${to}`;
  return [
    ...['logs', 'errors', 'latency', 'users', 'sessions'].map(
      (type) => `/api/v1/stats?type=${type}&${window}&interval=5m`,
    ),
    `/api/v1/stats?type=logs&${window}&interval=1h&group_by=event_name`,
    `/api/v1/logs/filter?start_time=${from}&end_time=${to}&time_field=timestamp&count=exact&page_size=1000&sort_by=event_id`,
    `/logs?${window}&count=exact&limit=1000`,
    '/api/v1/keys',
  ];
}

/** Each question with its answer, and the number of distinct addresses. */
export async function answersOf(server: TestServer, { questions }: Filled): Promise<Map<string, unknown>> {
  const api = apiOf(server);
  const answers = new Map<string, unknown>();
  for (const question of questions) {
    const { status, body } = await api.get(question);
    if (status !== 200) throw new Error(`${question}: ${status} ${JSON.stringify(body)}`);
    answers.set(question, withoutUse(body));
  }
  answers.set('unique addresses', (await api.get('/stats')).body.unique_ip_addresses);
  return answers;
}

/** Of a key, what its use changes. */
function withoutUse(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (name, value: unknown) =>
    ['usage_count', 'last_used_at'].includes(name) ? undefined : value,
  );
}

/** Clients send all they ever sent again. Gives how many events the server did not have. */
export async function resendAll(server: TestServer, { ledger }: Clients): Promise<number> {
  const ids = [...ledger.acknowledged];
  let stored = 0;
  while (ids.length > 0) {
    const logs = ids.splice(0, 1_000).map((event_id) => anEvent({ event_id }));
    const { status, body } = await apiOf(server).post('/api/v1/batch-ingest', { logs });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    stored += body.data.logs_processed - body.data.duplicates;
  }
  return stored;
}

export interface Counted {
  rows: number;
  /** Distinct event_ids. */
  events: number;
  /** What the rollups say. */
  counted: number;
  /** Distinct addresses of the entries, and those that the server knows. */
  addresses: number;
  known: number;
}

/** The numbers of the database, from its rows and from what counts them. */
export async function countsOf(url: string): Promise<Counted> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<Counted>(COUNTS);
    return rows[0];
  } finally {
    await client.end();
  }
}

const COUNTS = `select
  (select count(*) from events)::int as rows,
  (select count(distinct event_id) from events)::int as events,
  ((select coalesce(sum(size), 0) from event_blocks)
    + (select coalesce(sum(n), 0) from event_totals where dimension = 'all'))::int as counted,
  (select count(distinct ip) from access_logs)::int as addresses,
  (select count(*) from ip_addresses)::int as known`;

async function expectStatus(
  status: number,
  answer: Promise<{ status: number; body: unknown }>,
): Promise<void> {
  const { status: given, body } = await answer;
  if (given !== status) throw new Error(`${given} ${JSON.stringify(body)}`);
}
