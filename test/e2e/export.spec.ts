import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, propertiesAsked, type Api } from '../support/api.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { gateBefore } from '../support/gate.js';
import { storeMany } from '../support/many-events.js';
import { residentMb } from '../support/process-memory.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const ROWS = 80_000;
const ROW_BYTES = 2_000;
/** Less than what is exported: a server that kept it would end. */
const HEAP_MB = 128;
const MOST_GROWTH_MB = 150;

/** A download that nobody reads until it is asked to. */
async function download(server: TestServer, query: string): Promise<IncomingMessage> {
  const request = http.get(`${server.url}/api/v1/logs/export?${query}`, {
    headers: { 'x-api-key': server.key },
    agent: false,
  });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  answer.on('error', () => undefined);
  return answer.pause();
}

async function linesOf(
  answer: IncomingMessage,
  each: (line: string) => void = () => undefined,
): Promise<number> {
  let lines = 0;
  for await (const line of createInterface({ input: answer })) {
    lines++;
    each(line);
  }
  return lines;
}

async function gauge(server: TestServer, name: string): Promise<number> {
  const { body } = await apiOf(server).get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body as string)?.[1]);
}

describe('an export', () => {
  let server: TestServer;
  let api: Api;
  const odd = { event_id: 'odd', event_name: '=HYPERLINK("x")', event_type: 'error', user_id: 'a,"b"\r\nc' };

  beforeAll(async () => {
    server = await startServer({ env: { MAX_EXPORTS: '4' } });
    api = apiOf(server);
    const logs = Array.from({ length: 250 }, (_, n) =>
      anEvent({ event_id: `walk-${n}`, event_name: 'walk', properties: { n, big: 1 } }),
    );
    await api.post('/api/v1/batch-ingest', { logs });
    const properties = '{"big":12345678901234567890,"tags":{"provider":"acme"}}';
    await api.post('/api/v1/ingest', JSON.stringify(odd).replace('}', `,"properties":${properties}}`));
  });

  afterAll(() => server.stop());

  it('is what the filter gives, page after page, an event a line', async () => {
    const { status, headers, body } = await api.get('/api/v1/logs/export');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="events-default-\d{8}T\d{6}Z\.ndjson"$/,
    );
    const lines = (body as string).trimEnd().split('\n');
    expect(lines).toHaveLength(251);
    expect(lines[0]).toContain('"big":12345678901234567890');
    const shown = await api.get('/api/v1/logs/filter?page_size=1000');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(shown.body.data.logs);
  });

  it.each([
    ['event_name=walk&prop.n=7', ['walk-7']],
    ['provider_name=acme', ['odd']],
    ['event_type=error&sort_by=user_id', ['odd']],
    ['prop.big=1&sort_by=id&sort_order=asc', Array.from({ length: 250 }, (_, n) => `walk-${n}`)],
    ['end_time=2026-01-01T00:00:00Z', []],
  ])('%s narrows and sorts as logs/filter does', async (query, expected) => {
    const seen: string[] = [];
    await linesOf(await download(server, query), (line) =>
      seen.push((JSON.parse(line) as { event_id: string }).event_id),
    );
    expect(seen).toEqual(expected);
  });

  it('is CSV with a header where that is asked for, and nothing in it runs', async () => {
    const { headers, body } = await api.get('/api/v1/logs/export?format=csv&event_type=error');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toMatch(/\.csv"$/);
    const [header, ...rest] = (body as string).split('\r\n');
    expect(header).toMatch(/^id,event_id,event_type,event_name,timestamp,/);
    expect(rest.join('\r\n')).toContain(`,odd,error,"'=HYPERLINK(""x"")",`);
    expect(rest.join('\r\n')).toContain('"a,""b""\r\nc"');
    expect((await api.get('/api/v1/logs/export?format=csv&user_id=nobody')).body).toBe(`${header}\r\n`);
  });

  it.each([
    ['limit=1', 'validation_error', 'limit'],
    ['event_nam=walk', 'validation_error', 'event_nam'],
    ['cursor=1.x', 'invalid_cursor', 'cursor'],
    ['format=xml', 'validation_error', 'format'],
    ['event_type=x', 'invalid_event_type', 'event_type'],
    ['prop.=1', 'validation_error', 'prop.'],
    [propertiesAsked(21), 'validation_error', 'prop.'],
    ['start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z', 'invalid_end_time', 'end_time'],
  ])('refuses %s as %s before it begins', async (query, error, field) => {
    expect(await api.get(`/api/v1/logs/export?${query}`)).toMatchObject({
      status: 400,
      body: { error, details: [{ field }] },
    });
  });

  it('needs the scope, keeps to its project, and answers HEAD with headers alone', async () => {
    expect((await api.get('/api/v1/logs/export', { key: null })).status).toBe(401);
    await api.post('/api/v1/keys', { name: 'other', project: 'other', scopes: ['ingest'] });
    expect((await api.get('/api/v1/logs/export?project=other')).body).toBe('');
    const head = await fetch(`${server.url}/api/v1/logs/export?format=csv`, {
      method: 'HEAD',
      headers: { 'x-api-key': server.key },
    });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      '',
    ]);
    await until(async () => (await gauge(server, 'running_exports')) === 0);
  });

  it('is described', async () => {
    const { body } = await api.get('/openapi.json');
    const { parameters, responses } = body.paths['/api/v1/logs/export'].get as {
      parameters: { name: string }[];
      responses: Record<string, { content: object }>;
    };
    const names = parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['format', 'event_type', 'sort_by', 'start_time', 'prop']));
    expect(names).not.toContain('cursor');
    expect(Object.keys(responses['200'].content)).toEqual(['application/x-ndjson', 'text/csv']);
  });
});

describe('a large export', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await cloneDatabase();
    await storeMany(database.url, ROWS, ROW_BYTES);
    server = await startServer({
      env: {
        DATABASE_URL: database.url,
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
        MAX_EXPORTS: '12',
        // One connection for all queries, and a deadline that the whole takes longer than.
        DB_MAX_CONNECTIONS: '3',
        REQUEST_TIMEOUT_SECONDS: '3',
        SHUTDOWN_TIMEOUT_SECONDS: '60',
      },
    });
  });

  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('is whole, and takes no more memory at its end than at its beginning', async () => {
    const beforeMb = residentMb(server.process);
    let [mostMb, bytes, lines] = [0, 0, 0];
    for await (const chunk of await download(server, 'event_name=bulk')) {
      bytes += (chunk as Buffer).length;
      lines += (chunk as Buffer).toString('latin1').split('\n').length - 1;
      mostMb = Math.max(mostMb, residentMb(server.process));
    }
    expect(lines).toBe(ROWS);
    expect(bytes).toBeGreaterThan(1.3 * HEAP_MB * 1024 * 1024);
    expect(mostMb - beforeMb).toBeLessThan(MOST_GROWTH_MB);
  });

  it('waits for whoever does not read, holds no connection meanwhile, and has an end to how many there are', async () => {
    const beforeMb = residentMb(server.process);
    const waiting = await Promise.all(Array.from({ length: 6 }, () => download(server, 'format=ndjson')));
    expect(await gauge(server, 'running_exports')).toBe(6);
    // The only connection for queries is free.
    expect((await apiOf(server).get('/api/v1/logs/recent?limit=1')).status).toBe(200);
    const refused = await apiOf(server).get('/api/v1/logs/export');
    expect(refused).toMatchObject({ status: 503, body: { error: 'overloaded', retryable: true } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.body.message).toContain('This project has as many exports as one may have (MAX_EXPORTS)');
    // Another project still gets its own.
    await apiOf(server).post('/api/v1/keys', { name: 'y', project: 'neighbour', scopes: ['ingest'] });
    expect((await apiOf(server).get('/api/v1/logs/export?project=neighbour')).status).toBe(200);
    expect(residentMb(server.process) - beforeMb).toBeLessThan(MOST_GROWTH_MB);
    // And stops when they go away.
    for (const answer of waiting) answer.destroy();
    await until(async () => (await gauge(server, 'running_exports')) === 0);
    expect((await apiOf(server).get('/api/v1/logs/export?event_name=none')).status).toBe(200);
  });

  it('goes on to its end while the server stops', async () => {
    const fiveMinutesAgo = new Date(Date.now() - 300_000).toISOString();
    const expected = await apiOf(server).get(`/api/v1/logs/filter?count=exact&start_time=${fiveMinutesAgo}`);
    const answer = await download(server, `start_time=${fiveMinutesAgo}`);
    const exited = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await until(() =>
      fetch(`${server.url}/liveness`).then(
        () => false,
        () => true,
      ),
    );
    expect(await linesOf(answer)).toBe(expected.body.data.total_count);
    expect(answer.complete).toBe(true);
    expect((await exited)[0]).toBe(0);
  });
});

describe('an export whose database goes away', () => {
  it('is refused as JSON before it begins, and cut, not ended, in the middle', async () => {
    const database = await cloneDatabase();
    await storeMany(database.url, 40_000, 1_000);
    const gate = await gateBefore(database.url);
    const server = await startServer({ env: { DATABASE_URL: gate.url } });
    const answer = await download(server, '');
    gate.shut();
    await expect(linesOf(answer)).rejects.toThrow(/aborted|ECONNRESET/);
    expect(answer.complete).toBe(false);
    expect(await apiOf(server).get('/api/v1/logs/export?format=csv')).toMatchObject({
      status: 503,
      body: { error: 'storage_unavailable' },
    });
    expect(server.logs.filter((line) => line.includes('an export was cut short'))).toHaveLength(1);
    gate.open();
    await until(async () => (await apiOf(server).get('/api/v1/logs/export?event_name=none')).status === 200);
    await server.stop();
    await gate.close();
    await database.drop();
  });
});
