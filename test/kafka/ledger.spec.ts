import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kafkaPrograms } from '../../scripts/services/kafka-programs.mjs';
import { KafkaBroker } from '../../scripts/services/kafka.mjs';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf } from '../support/api.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { gateBefore, type Gate } from '../support/gate.js';
import { compareWithStore, type Ledger } from '../support/ledger-clients.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { startServer, type ServerOptions, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Of each kind, acknowledged; RECORDS=200000 for the whole of it. */
const WANTED = Number(process.env.RECORDS ?? 40_000);
const BATCH = 500;
/** A client's batch that often: a thousand records of each kind a second, so that the machine is not what fails. */
const EVERY_MS = 2_000;
/** After a batch that was refused, or had no answer. */
const AGAIN_MS = 100;
/** Acknowledged of each kind before the next thing is done to the system. */
const BETWEEN = 5_000;
const AWAY_MS = 20_000;
const DONE_WITHIN_MS = 600_000;

const programs = await kafkaPrograms();
const isWanted = programs !== undefined || process.env.REQUIRE_ALL_SERVICES === '1';
if (!isWanted) process.stderr.write('\n!!! NO KAFKA: the ledger of Kafka mode is NOT TESTED\n\n');

let broker: KafkaBroker;
let postgres: TestDatabase;
let mariadb: TestDatabase;
let [postgresGate, mariadbGate]: Gate[] = [];
const running = new Set<TestServer>();

beforeAll(async () => {
  broker = await KafkaBroker.make(programs!);
  await broker.start();
  postgres = await cloneDatabase();
  mariadb = await createMysqlDatabase();
  postgresGate = await gateBefore(postgres.url);
  mariadbGate = await gateBefore(mariadb.url);
});

afterAll(async () => {
  await Promise.all([...running].map((server) => server.kill9()));
  await Promise.all([postgresGate?.close(), mariadbGate?.close()]);
  broker?.stop();
  await postgres?.drop();
  await mariadb?.drop();
});

async function start(command: ServerOptions['command'], port?: string): Promise<TestServer> {
  const env: Record<string, string> = {
    DATABASE_URL: postgresGate.url,
    ACCESS_STORE: 'mysql',
    MYSQL_URL: mariadbGate.url,
    KAFKA_BROKERS: broker.brokers,
    ...(command === 'serve' && { INGEST_MODE: 'kafka' }),
    ...(port !== undefined && { PORT: port }),
  };
  const server = await startServer({ command, env });
  running.add(server);
  return server;
}

async function kill9(server: TestServer): Promise<void> {
  await server.kill9();
  running.delete(server);
}

/** What clients were told of access entries; each has a path of its own. */
interface EntryLedger {
  acknowledged: string[];
  /** Paths of requests that may be stored or not: no answer, or a 503. */
  refused: number;
  unexpected: string[];
}

interface Answer {
  status: number;
  text: string;
}

async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer | null> {
  try {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}

/** Sends batches of events, each again until it is acknowledged: its event_ids absorb what was stored after all. */
async function sendEvents(
  address: () => string,
  key: string,
  ledger: Ledger,
  isDone: () => boolean,
): Promise<void> {
  while (!isDone()) {
    const logs = Array.from({ length: BATCH }, () => anEvent());
    for (let acknowledged = false; !acknowledged;) {
      const answer = await post(address(), '/api/v1/batch-ingest', { logs }, { 'x-api-key': key });
      acknowledged = answer?.status === 201;
      if (acknowledged) logs.forEach((event) => ledger.acknowledged.add(String(event.event_id)));
      else if (answer === null) ledger.unanswered++;
      else if (answer.status === 503) ledger.refused++;
      else ledger.unexpected.push(`${answer.status} ${answer.text}`);
      await delay(acknowledged ? EVERY_MS : AGAIN_MS);
    }
  }
}

/** Sends batches of entries: with an Idempotency-Key each again until it is acknowledged, without one never again. */
async function sendEntries(
  address: () => string,
  key: string,
  ledger: EntryLedger,
  isDone: () => boolean,
  again: boolean,
): Promise<void> {
  while (!isDone()) {
    const entries = Array.from({ length: BATCH }, () => anEntry({ path: `/${randomUUID()}` }));
    const once = again ? { 'idempotency-key': randomUUID() } : undefined;
    for (let goOn = true; goOn;) {
      const answer = await post(address(), '/logs', entries, { 'x-api-key': key, ...once });
      if (answer?.status === 200) ledger.acknowledged.push(...entries.map(({ path }) => String(path)));
      else if (answer === null || answer.status === 503) ledger.refused++;
      else ledger.unexpected.push(`${answer.status} ${answer.text}`);
      goOn = again && answer?.status !== 200;
      await delay(answer?.status === 200 ? EVERY_MS : AGAIN_MS);
    }
  }
}

(isWanted ? it : it.skip)(
  'stores what was acknowledged once, whatever is killed, away or moved',
  async () => {
    const servers = [await start('serve'), await start('serve')];
    const workers = [await start('worker'), await start('worker')];
    const { key } = servers[0];
    const events: Ledger = { acknowledged: new Set(), unexpected: [], refused: 0, unanswered: 0 };
    const entries: EntryLedger = { acknowledged: [], refused: 0, unexpected: [] };
    let storms = 0;
    let done = 0;
    const isDone = (acknowledged: number) => acknowledged >= WANTED && done === storms;
    const clients = [0, 1, 2, 3].flatMap((n) => [
      sendEvents(
        () => servers[n % 2].url,
        key,
        events,
        () => isDone(events.acknowledged.size),
      ),
      sendEntries(
        () => servers[n % 2].url,
        key,
        entries,
        () => isDone(entries.acknowledged.length),
        n % 2 === 0,
      ),
    ]);
    const more = async () => {
      const [e, a] = [events.acknowledged.size, entries.acknowledged.length];
      await until(
        () => events.acknowledged.size > e + BETWEEN && entries.acknowledged.length > a + BETWEEN,
        DONE_WITHIN_MS,
      );
    };
    const away = async (gate: Gate) => {
      gate.shut();
      await delay(AWAY_MS);
      gate.open();
    };
    const storm = [
      async () => {
        await kill9(workers[0]);
        workers[0] = await start('worker');
      },
      async () => {
        const { port } = new URL(servers[0].url);
        await kill9(servers[0]);
        servers[0] = await start('serve', port);
      },
      async () => {
        await broker.kill();
        await delay(1_000);
        await broker.start();
      },
      // a rebalance, and another one
      async () => {
        const third = await start('worker');
        await more();
        running.delete(third);
        expect(await third.stop()).toBe(0);
      },
      () => away(postgresGate),
      () => away(mariadbGate),
    ];
    storms = storm.length;
    for (const blow of storm) {
      await more();
      await blow();
      done++;
    }
    await Promise.all(clients);
    expect([events.unexpected, entries.unexpected]).toEqual([[], []]);

    const logs = mysqlQuery(mariadb.url);
    const api = apiOf(servers[1]);
    // looked at every 2 s
    await delay(5_000);
    await until(async () => (await lagOf(api)).every((messages) => messages === 0), DONE_WITHIN_MS);

    const { missing, doubled, stored, counted } = await compareWithStore(postgres.url, events);
    expect([missing, doubled]).toEqual([[], []]);
    expect(counted).toBe(stored);
    const [rows] = await logs<{ n: number; paths: number }>(
      'select count(*) as n, count(distinct path) as paths from access_logs',
    );
    expect(rows.n).toBe(rows.paths);
    const there = new Set(
      (await logs<{ path: string }>('select path from access_logs')).map(({ path }) => path),
    );
    expect(entries.acknowledged.filter((path) => !there.has(path))).toEqual([]);
    const stats = await api.get('/api/v1/stats?type=logs&range=day');
    expect(stats.body.data.totals.count).toBe(stored);
    const traffic = await api.get('/stats?type=traffic&range=day', {
      headers: { 'cache-control': 'no-cache' },
    });
    expect(traffic.body.data.total_request).toBe(rows.n);
    expect(await letters(postgres.url)).toBe(0);
    for (const server of [...workers, ...servers]) {
      running.delete(server);
      expect(await server.stop()).toBe(0);
    }
  },
  DONE_WITHIN_MS * 2,
);

function mysqlQuery(url: string) {
  return async <Row>(sql: string): Promise<Row[]> => {
    const connection = await mysql.createConnection(url);
    try {
      return (await connection.query(sql))[0] as Row[];
    } finally {
      await connection.end();
    }
  };
}

async function letters(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<{ n: number }>('select count(*)::int as n from dead_letters')).rows[0].n;
  } finally {
    await client.end();
  }
}

async function lagOf(api: ReturnType<typeof apiOf>): Promise<number[]> {
  const { body } = await api.get('/metrics');
  return [...String(body).matchAll(/^kafka_consumer_lag\{.*\} (\d+)$/gm)].map(([, n]) => Number(n));
}
