import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.js';
import { apiOf, type Api } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { near } from '../support/near.js';
import { startServer, type TestServer } from '../support/server.js';
import { expandedSql, targetsOf, variablesOf, type View } from './support/dashboards.js';
import { sendTraffic } from './support/traffic.js';

const DASHBOARDS = ['common/analytics-overview.json', 'postgres/access-logs.json'];
const PASSWORD = "reader's password";
const VERSIONS = { 'PostgreSQL 18': 'TEST_POSTGRES18_URL', 'PostgreSQL 15': 'TEST_POSTGRES15_URL' };

describe.each(Object.entries(VERSIONS))('%s', (_, variable) => {
  let database: TestDatabase;
  let server: TestServer;
  let api: Api;
  let reader: pg.Client;
  let view: View;

  beforeAll(async () => {
    database = await createDatabase(process.env[variable]);
    server = await startServer({
      env: { DATABASE_URL: database.url, GRAFANA_DB_PASSWORD: PASSWORD, COUNT_INTERVAL_SECONDS: '1' },
    });
    api = apiOf(server);
    const oldestMs = await sendTraffic(api);
    const url = new URL(database.url);
    url.username = 'sightline_reader';
    reader = new pg.Client({ connectionString: url.href, password: PASSWORD });
    await reader.connect();
    const fromMs = Math.floor(oldestMs / (24 * HOUR_MS)) * 24 * HOUR_MS;
    view = { fromMs, toMs: Date.now(), intervalMs: 300_000, variables: { project: 'default' } };
  });

  afterAll(async () => {
    await reader.end();
    await server.stop();
    await database.drop();
  });

  const ask = async (sql: string, seen = view) =>
    (await reader.query<Record<string, unknown>>(expandedSql(sql, seen, 'postgres'))).rows;

  /** The rows of a panel. */
  const panel = (file: string, name: string, seen = view) => {
    const target = targetsOf(file).find((each) => each.name === `${name} (A)`);
    return ask(target!.rawSql!, seen);
  };

  describe.each(DASHBOARDS)('%s', (file) => {
    it.each(targetsOf(file))('$name gives rows of numbers', async ({ rawSql, format }) => {
      for (const seen of [view, { ...view, fromMs: view.toMs - HOUR_MS, intervalMs: 15_000 }]) {
        const rows = await ask(rawSql!, seen);
        expect(rows.length).toBeGreaterThan(0);
        if (format === 'time_series') {
          expect(rows.every(({ time }) => time instanceof Date)).toBe(true);
          expect(rows.map(({ time }) => time)).toEqual(rows.map(({ time }) => time).toSorted(byTime));
        }
        const numbers = rows.flatMap((row) => Object.values(row).filter((value) => isNumber(value)));
        expect(numbers.some((value) => Number(value) > 0)).toBe(true);
      }
    });

    it('has variables with values', async () => {
      for (const { query } of variablesOf(file)) expect(await ask(query)).toEqual([{ name: 'default' }]);
    });
  });

  it('events agree with the API', async () => {
    const file = 'common/analytics-overview.json';
    const { data } = (await api.get('/api/v1/metrics')).body;
    const one = async (name: string) => Number(Object.values((await panel(file, name))[0])[0]);
    expect(await one('Events in all')).toBe(data.total_logs);
    expect(await one('Last hour')).toBe(data.logs_last_hour);
    expect(await one('Active users')).toBe(data.active_users);
    expect(await one('Active sessions')).toBe(data.active_sessions);
    const window = `from=${new Date(view.fromMs).toISOString()}&to=${nextMinute(view.toMs)}`;
    const stats = async (request: string) =>
      (await api.get(`/api/v1/stats?${request}&${window}&interval=1h`)).body.data;
    const errors = (await stats('type=errors')).totals;
    expect(await one('In this range')).toBe(errors.total);
    expect(await one('Error rate')).toEqual(near(errors.rate / 100, 1e-12));
    const users = (await stats('type=users')).totals;
    expect(await one('Users in this range')).toBe(users.count);
    const { values } = (await api.get(`/api/v1/stats/top?by=event_name&${window}`)).body.data;
    const names = await panel(file, 'Top names');
    expect(
      names.map(({ Name, Events, Errors }) => ({ Name, n: Number(Events), errors: Number(Errors) })),
    ).toEqual(
      values.map(({ value, count, errors: n }: Record<string, unknown>) => ({
        Name: value,
        n: count,
        errors: n,
      })),
    );
    const { series } = await stats('type=latency');
    const timed = series.filter(({ count }: { count: number }) => count > 0);
    const latency = await panel(file, 'Latency', { ...view, intervalMs: HOUR_MS });
    expect(latency).toEqual(
      timed.map(({ time, p50, p95, p99 }: Record<string, number>) => ({
        time: new Date(time),
        p50: near(p50, 1e-9),
        p95: near(p95, 1e-9),
        p99: near(p99, 1e-9),
      })),
    );
  });

  it('access entries agree with the API', async () => {
    const file = 'postgres/access-logs.json';
    const week = { ...view, fromMs: view.toMs - 7 * 24 * HOUR_MS };
    const stats = async (type: string) =>
      (await api.get(`/stats?type=${type}&range=week`, { headers: { 'cache-control': 'no-cache' } })).body
        .data;
    const traffic = await stats('traffic');
    const [requests] = await panel(file, 'Requests', week);
    expect(Number(requests.Requests)).toBe(traffic.total_request);
    const [unique] = await panel(file, 'Unique IPs', week);
    expect(Number(unique['Unique IPs'])).toBe(traffic.unique_ips);
    const latency = (await stats('latency')) as Record<string, number>;
    const [found] = await panel(file, 'Latency', week);
    expect(found).toEqual({
      avg: near(latency.avg_latency, 1e-9),
      p50: near(latency.p50_latency, 1e-9),
      p95: near(latency.p95_latency, 1e-9),
      p99: near(latency.p99_latency, 1e-9),
      max: latency.max_latency,
    });
  });

  it('what providers measured has its name, value and unit, in each of the words for them', async () => {
    const rows = await panel('common/analytics-overview.json', 'Provider metrics');
    const seen = rows.map(({ Metric, Latest, Unit }) => [
      String(Metric).replace(/^(name-|it's).*/, 'event'),
      Latest,
      Unit,
    ]);
    const kinds = new Set(seen.map((row) => JSON.stringify(row)));
    expect([...kinds].sort()).toEqual(['["accuracy",4.5,"m"]', '["event",12,""]', '["signal",-70,"dBm"]']);
    const events = rows.reduce((sum, { Events }) => sum + Number(Events), 0);
    const { body } = await api.get('/api/v1/logs/recent?limit=1000');
    const measured = (
      body.data as { properties: { tags: { provider?: string }; metric_value?: number; value?: unknown } }[]
    ).filter(
      ({ properties: { tags, metric_value, value } }) =>
        tags.provider && Number.isFinite(Number(metric_value ?? value)),
    );
    expect(events).toBe(measured.length);
  });

  it('a name of a project that means something in SQL is a name', async () => {
    const variables = { project: `d'); drop table events; --` };
    for (const { rawSql } of DASHBOARDS.flatMap(targetsOf)) await ask(rawSql!, { ...view, variables });
    expect(await ask('select name from grafana.projects')).toEqual([{ name: 'default' }]);
  });

  it('the role sees schema grafana and nothing else', async () => {
    const readable = await reader.query<{ name: string }>(`
      select format('%I.%I', nspname, relname) as name
      from pg_class join pg_namespace n on n.oid = relnamespace
      where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and has_table_privilege(pg_class.oid, 'select, insert, update, delete, truncate, references, trigger')
      order by 1`);
    expect(readable.rows.map(({ name }) => name)).toEqual(
      'access_entries access_logs access_totals analytics_logs event_totals events projects'
        .split(' ')
        .map((view) => `grafana.${view}`),
    );
    for (const table of ['api_keys', 'sessions', 'events', 'event_rollups', 'migrations', 'projects']) {
      await expect(reader.query(`select * from public.${table}`)).rejects.toThrow('permission denied');
    }
  });

  it('the role writes nothing, also where it lifts its own ban', async () => {
    await expect(reader.query('create temp table t (n int)')).rejects.toThrow('read-only transaction');
    await reader.query('set default_transaction_read_only = off');
    const writes = [
      `insert into grafana.projects (name) values ('mine')`,
      'delete from grafana.events',
      'update public.projects set name = name',
      'create table grafana.t (n int)',
      'create table public.t (n int)',
      `select nextval('public.event_ids')`,
    ];
    for (const sql of writes) await expect(reader.query(sql)).rejects.toThrow('permission denied');
    await reader.query('reset default_transaction_read_only');
  });

  it('the password is kept as PostgreSQL keeps one', async () => {
    const admin = new pg.Client(database.url);
    await admin.connect();
    const { rows } = await admin.query<{ kept: string }>(
      `select rolpassword as kept from pg_authid where rolname = 'sightline_reader'`,
    );
    await admin.end();
    expect(rows[0].kept).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(server.logs.join('\n')).not.toContain(PASSWORD);
  });
});

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?[\d.]+(e-?\d+)?$/.test(value));
}

function byTime(a: unknown, b: unknown): number {
  return (a as Date).getTime() - (b as Date).getTime();
}

function nextMinute(ms: number): string {
  return new Date(Math.ceil(ms / 60_000) * 60_000).toISOString();
}
