import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.js';
import { apiOf, type Api } from '../support/api.js';
import type { TestDatabase } from '../support/database.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { near } from '../support/near.js';
import { startServer, type TestServer } from '../support/server.js';
import { expandedSql, targetsOf, variablesOf, type View } from './support/dashboards.js';
import { sendTraffic } from './support/traffic.js';

const FILE = 'mysql/access-logs.json';
const PASSWORD = "reader's password";
const RANGES = { week: 168, day: 24, hour: 1 };

let database: TestDatabase;
let server: TestServer;
let api: Api;
let reader: mysql.Connection;

beforeAll(async () => {
  database = await createMysqlDatabase();
  server = await startServer({
    env: {
      ...{ ACCESS_STORE: 'mysql', MYSQL_URL: database.url },
      ...{ GRAFANA_DB_PASSWORD: PASSWORD },
    },
  });
  api = apiOf(server);
  await sendTraffic(api);
  const { hostname: host, port, pathname } = new URL(database.url);
  // As Grafana connects with the time zone of its datasource.
  reader = await mysql.createConnection({
    ...{
      host,
      port: Number(port),
      database: pathname.slice(1),
      user: 'sightline_reader',
      password: PASSWORD,
    },
    ...{ timezone: 'Z', multipleStatements: false },
  });
  await reader.query(`set time_zone = '+00:00'`);
});

afterAll(async () => {
  await reader.end();
  await server.stop();
  await database.drop();
});

function viewOf(hours: number): View {
  const toMs = Date.now();
  const variables = { project: '1' };
  return { fromMs: toMs - hours * HOUR_MS, toMs, intervalMs: (hours * HOUR_MS) / 200, variables };
}

async function ask(sql: string, view: View): Promise<Record<string, unknown>[]> {
  return (await reader.query<mysql.RowDataPacket[]>(expandedSql(sql, view, 'mysql')))[0];
}

const panel = (name: string, hours: number) =>
  ask(targetsOf(FILE).find((target) => target.name === `${name} (A)`)!.rawSql!, viewOf(hours));

it.each(targetsOf(FILE))('$name gives rows of numbers', async ({ rawSql, format }) => {
  for (const hours of Object.values(RANGES)) {
    const rows = await ask(rawSql!, viewOf(hours));
    expect(rows.length).toBeGreaterThan(0);
    if (format === 'time_series') expect(rows.every(({ time }) => time instanceof Date)).toBe(true);
    expect(rows.flatMap((row) => Object.values(row)).some((value) => Number(value) > 0)).toBe(true);
  }
});

it('an anonymous user at localhost does not shut the reader out', async () => {
  const admin = await mysql.createConnection(database.url);
  await admin.query(`create user if not exists ''@'localhost'`);
  try {
    // By its socket a server takes everybody for one of localhost, whether or not it looks names up.
    const [[{ socketPath }]] = await admin.query<mysql.RowDataPacket[]>('select @@socket as socketPath');
    const again = await mysql.createConnection({
      socketPath: String(socketPath),
      user: 'sightline_reader',
      password: PASSWORD,
    });
    const [[{ who }]] = await again.query<mysql.RowDataPacket[]>('select current_user() as who');
    expect(who).toMatch(/^sightline_reader@/);
    await again.end();
  } finally {
    await admin.query(`drop user if exists ''@'localhost'`);
    await admin.end();
  }
});

it('the projects come from PostgreSQL, by their ids', async () => {
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  for (const { query, datasource } of variablesOf(FILE)) {
    expect(datasource.uid).toBe('sightline-postgres');
    expect((await client.query(query)).rows).toEqual([{ __text: 'default', __value: 1 }]);
  }
  await client.end();
});

it.each(Object.entries(RANGES))('the last %s agrees with the API', async (range, hours) => {
  const stats = async (type: string) =>
    (await api.get(`/stats?type=${type}&range=${range}`, { headers: { 'cache-control': 'no-cache' } })).body
      .data;
  const traffic = await stats('traffic');
  expect(Number((await panel('Requests', hours))[0].Requests)).toBe(traffic.total_request);
  const latency = (await stats('latency')) as Record<string, number>;
  const [found] = await ask(
    targetsOf(FILE).find(({ name, format }) => name === 'Latency (A)' && format === 'table')!.rawSql!,
    viewOf(hours),
  );
  expect(found).toEqual({
    avg: near(latency.avg_latency, 1e-9),
    p50: near(latency.p50_latency, 1e-9),
    p95: near(latency.p95_latency, 1e-9),
    p99: near(latency.p99_latency, 1e-9),
    max: latency.max_latency,
  });
  const errors = Object.entries((await stats('errors')) as Record<string, number>);
  const statuses = (await panel('Statuses', hours)).filter(({ value }) => Number(value) >= 400);
  expect(new Map(statuses.map(({ value, Entries }) => [value, Number(Entries)]))).toEqual(new Map(errors));
  const series = await panel('Requests and errors', hours);
  const sum = (metric: string) =>
    series.filter((row) => row.metric === metric).reduce((total, { value }) => total + Number(value), 0);
  expect([sum('requests'), sum('errors')]).toEqual([
    traffic.total_request,
    errors.reduce((total, [, n]) => total + n, 0),
  ]);
});

it('addresses are counted as the API counts them', async () => {
  const { unique_ips: unique } = (
    await api.get('/stats?type=traffic&range=week', { headers: { 'cache-control': 'no-cache' } })
  ).body.data;
  expect(Number((await panel('Unique IPs', RANGES.week))[0]['Unique IPs'])).toBe(unique);
});

it('the user sees the views and nothing else, and writes nothing', async () => {
  const [tables] = await reader.query<mysql.RowDataPacket[]>('show tables');
  expect(tables.flatMap((row) => Object.values(row) as string[])).toEqual([
    'grafana_access_counts',
    'grafana_access_entries',
    'grafana_access_hashes',
    'grafana_access_latency',
    'grafana_access_ranks',
  ]);
  const denied = [
    'select * from access_logs',
    'select * from access_rollups',
    'select * from migrations',
    'delete from grafana_access_entries',
    'update grafana_access_entries set status = 200',
    'create table t (n int)',
    'create temporary table t (n int)',
  ];
  for (const sql of denied) await expect(reader.query(sql)).rejects.toThrow(/denied/);
});
