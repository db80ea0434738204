import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeOf, environmentOf, type Env, type Service } from '../deploy/kit/compose.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { sightline } from '../support/command.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const KEY = 'compose-key-0123456789abcdef0123456789abcdef';

// What changes how the server behaves, for each group of settings.
const DOT_ENV = `
# a comment, as in .env.example
API_KEYS=ops:default:ingest+query+admin=${KEY}
ANONYMOUS_SCOPES=ingest
ENABLE_CORS=true
ALLOWED_ORIGINS=https://app.example.org
RATE_LIMIT_BURST=500
ENABLE_API_KEY_ROTATION=true
API_KEY_ROTATION_INTERVAL_HOURS=0
MAX_BATCH_SIZE=2
ACCESS_LOG_KEEP=errors
ARCHIVE_DIR=/data/archive
AGGREGATION_INTERVAL_SECONDS=0.2
PROFILE_ENABLED=true
PORT=9000
METRICS_PORT=9300
`;

let folder: string;
let database: TestDatabase;
let server: TestServer;
let api: Api;
/** Ports of the container that are published, and those of here that stand for them. */
let ports: Map<string, string>;

/** What the container of a service would have, with what is elsewhere here: hosts, ports, folders. */
function hereOf(service: Service): Record<string, string> {
  const { hostname, port, pathname, username } = new URL(database.url);
  const environment = environmentOf(service, DOT_ENV);
  expect(environment).toMatchObject({ DB_HOST: 'postgres', REDIS_URL: 'redis://redis:6379' });
  const inFolder = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/^(\/run\/passwords|\/data)\b/, (container) => folder + container),
  ]);
  return {
    ...(Object.fromEntries(inFolder) as Record<string, string>),
    DB_HOST: hostname,
    DB_PORT: port,
    DB_NAME: pathname.slice(1),
    DB_USER: decodeURIComponent(username),
    REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    PORT: ports.get(environment.PORT)!,
    METRICS_PORT: ports.get(environment.METRICS_PORT)!,
    PROFILE_ADDR: `0.0.0.0:${ports.get('6062')}`,
  };
}

/** As the service of that name does, with the password that the database of here has. */
function makePasswords({ command, environment }: Service): void {
  const script = command![0].replace('/run/passwords', path.join(folder, 'run/passwords'));
  const POSTGRES_PASSWORD = decodeURIComponent(new URL(database.url).password);
  const env = { ...environment, POSTGRES_PASSWORD, PATH: process.env.PATH } as Record<string, string>;
  execFileSync('sh', ['-euc', script], { env });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-compose-'));
  for (const name of ['data', 'run/passwords']) mkdirSync(path.join(folder, name), { recursive: true });
  database = await createDatabase();
  const { sightline: service, passwords } = composeOf(parseEnv(DOT_ENV) as Env).services;
  makePasswords(passwords);
  const published = service.ports!.map((port) => port.split(':').at(-1)!);
  ports = new Map(
    await Promise.all(published.map(async (port) => [port, String(await freePort())] as const)),
  );
  server = await startServer({ env: hereOf(service) });
  api = apiOf({ ...server, key: KEY });
});

afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe('Compose, with a .env', () => {
  it('takes events without a key, as many in a batch as it says', async () => {
    const { status, headers } = await api.post('/api/v1/ingest', anEvent(), { key: null });
    expect([status, headers.get('x-ratelimit-limit')]).toEqual([201, '500']);
    const logs = [anEvent(), anEvent(), anEvent()];
    expect((await api.post('/api/v1/batch-ingest', { logs })).body).toMatchObject({
      error: 'batch_too_large',
    });
  });

  it('answers the origins that it names, and tells of the rotation that is due', async () => {
    const { headers } = await api.get('/api/v1/status', { headers: { origin: 'https://app.example.org' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example.org');
    expect(headers.get('x-api-key-rotate')).toBe('due');
  });

  it('keeps the rows and the files that it names', async () => {
    for (const status of [200, 500])
      await api.post('/logs', { ip: '192.0.2.1', status, timestamp: '2026-11-20T10:00:00Z' });
    const { data } = (await api.get('/logs')).body as { data: { Status: number }[] };
    expect(data.map(({ Status }) => Status)).toEqual([500]);
    const file = path.join(folder, 'data/archive/analytics/2026-11-20/summary_10.json');
    await until(() => {
      try {
        return (JSON.parse(readFileSync(file, 'utf8')) as { total_requests: number }).total_requests === 2;
      } catch {
        return false;
      }
    });
  });

  it('serves on each port that is published', async () => {
    const statusOf = async (port: string, route: string) =>
      (await fetch(`http://127.0.0.1:${ports.get(port)}${route}`)).status;
    expect([...ports.keys()]).toEqual(['8080', '9102', '6062']);
    expect(await statusOf('8080', '/readiness')).toBe(200);
    expect(await statusOf('8080', '/metrics')).toBe(404);
    expect(await statusOf('9102', '/metrics')).toBe(200);
    expect(await statusOf('6062', '/debug/pprof/heap')).toBe(200);
  });

  it('serves every route that docs/api.md names', async () => {
    const routes = documentedRoutes();
    expect(routes.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const [method, route] of routes) {
      if (route === '/metrics') continue;
      const stop = new AbortController();
      const answer = await fetch(server.url + route, {
        method,
        headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
        body: method === 'POST' ? '{}' : undefined,
        signal: stop.signal,
      });
      if ([405, 500, 501, 503].includes(answer.status)) wrong.push(`${method} ${route}: ${answer.status}`);
      // a tail goes on for ever
      stop.abort();
    }
    const metrics = await (await fetch(`http://127.0.0.1:${ports.get('9102')}/metrics`)).text();
    // Of this suite's requests only the one for /metrics at the other port met no route.
    const unmatched = metrics
      .split('\n')
      .filter((line) => line.includes('http_requests_total') && line.includes('unmatched'));
    expect([wrong, unmatched]).toEqual([
      [],
      ['http_requests_total{method="GET",endpoint="unmatched",status="404"} 1'],
    ]);
  });

  it('has the commands of its profiles', async () => {
    const { generator } = composeOf({}).services;
    const [script] = generator.command!;
    const [, line] = /main\.js (generate .*)/.exec(script)!;
    const args = line
      .replace('http://sightline:8080', server.url)
      .replace('"$GENERATOR_RPS"', '50')
      .replace('"$@"', '');
    const { code, stdout } = await sightline([
      ...args.trim().split(/\s+/),
      '--key',
      KEY,
      '--batch',
      '2',
      '--count',
      '4',
      '--json',
    ]).done;
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ made: 4, closes: true })]);
  });
});

/** Method and path of each route in the table at the top of docs/api.md. */
function documentedRoutes(): [string, string][] {
  const rows = readFileSync('docs/api.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| [`'));
  return rows.flatMap((row) => {
    const spans = [...row.split('](')[0].matchAll(/`([^`]+)`/g)].flatMap(([, span]) => span.split(' '));
    const methods = spans.filter((word) => /^[A-Z]+$/.test(word));
    const paths = spans.filter((word) => word.startsWith('/'));
    return paths.flatMap((name) =>
      methods.map((method): [string, string] => [method, name.replace(/\{\w+\}/g, 'x')]),
    );
  });
}
