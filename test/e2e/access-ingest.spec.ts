import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEntry, anIp, postLogs } from '../support/access-api.js';
import { accessDatabaseOf, type AccessDatabase } from '../support/access-database.js';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';

let server: TestServer;
let api: Api;
let database: AccessDatabase;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  database = await accessDatabaseOf(server);
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

/** Rows by their path. */
function stored(path: string): Promise<Record<string, unknown>[]> {
  return database.rows('select * from access_logs where path = ? order by id', path);
}

async function uniqueIps(): Promise<number> {
  const { body } = await postLogs(api, JSON_TYPE, [anEntry({ ip: undefined, path: '/count' })]);
  return body.unique_ips;
}

describe('one entry', () => {
  it('says whether its address is new', async () => {
    const before = await uniqueIps();
    const entry = anEntry({ path: '/one' });
    expect(await api.post('/logs', entry)).toMatchObject({
      status: 200,
      body: { status: 'success', message: 'New IP logged', unique_ips: before + 1 },
    });
    const { body } = await api.post('/logs', entry);
    expect(body).toEqual({ status: 'success', message: 'IP already logged', unique_ips: before + 1 });
    expect(await stored('/one')).toHaveLength(2);
  });

  it('has one address, however it is spelled', async () => {
    const ip = anIp();
    const messages = [];
    for (const spelling of [`::ffff:${ip}`, ip, `::FFFF:${ip}`]) {
      messages.push((await api.post('/logs', anEntry({ ip: spelling }))).body.message);
    }
    expect(messages).toEqual(['New IP logged', 'IP already logged', 'IP already logged']);
  });

  it('is stored with all its fields', async () => {
    const entry = anEntry({
      timestamp: '2026-10-20T10:00:00.123456+01:00',
      ip: '2001:DB8:0::1',
      method: 'get',
      path: '/all%_😀',
      status: 404,
      latency_ms: 12.5,
      user_agent: 'Mozilla/5.0 "quoted"',
    });
    expect((await api.post('/logs', entry)).status).toBe(200);
    expect(await stored('/all%_😀')).toMatchObject([
      { ip: '2001:db8::1', method: 'GET', status: 404, latency_ms: 12.5, user_agent: 'Mozilla/5.0 "quoted"' },
    ]);
  });

  it.each([
    [{ ip: undefined }, ['ip']],
    [{ timestamp: undefined }, ['timestamp']],
    [{ timestamp: null, ip: null }, ['timestamp', 'ip']],
    [{ ip: '1.2.3.4.5' }, ['ip']],
    [{ status: 42, method: 'FETCH' }, ['method', 'status']],
    [{ path: 'a\0b' }, ['path']],
    [{ more: { text: '\ud800' } }, ['more.text']],
    [{ latency_ms: -0.5 }, ['latency_ms']],
  ])('with %j is refused by %j', async (wrong, fields) => {
    const { status, body } = await api.post('/logs', anEntry(wrong));
    expect([status, body.error]).toEqual([400, 'validation_error']);
    expect(body.details.map((d: { field: string }) => d.field)).toEqual(fields);
  });

  it.each([
    ['', 'invalid_json'],
    ['{"ip":', 'invalid_json'],
    ['nonsense', 'invalid_json'],
    ['7', 'validation_error'],
    ['null', 'validation_error'],
    ['"text"', 'validation_error'],
  ])('is not %j: %s', async (body, code) => {
    const answer = await api.post('/logs', body);
    expect([answer.status, answer.body.error]).toEqual([400, code]);
  });
});

describe('many entries', () => {
  const at = '2026-11-01T10:00:00Z';

  it.each([
    [
      JSON_TYPE,
      () =>
        JSON.stringify([
          { path: '/json', status: 200 },
          { url: '/json', ip: anIp() },
        ]),
    ],
    [NDJSON, () => `{"path":"/ndjson","status":200}\r\n\n{"url":"/ndjson","ip":"${anIp()}"}`],
    ['application/ndjson', () => `{"path":"/ndjson2"}\n{"path":"/ndjson2","ip":"${anIp()}"}\n`],
    ['application/jsonl; charset=utf-8', () => `{"path":"/jsonl"}\n{"path":"/jsonl","ip":"${anIp()}"}\n`],
    [CSV, () => `${at},/csv,"Mozilla/5.0 (X11, ""Linux"")"\r\n,/csv,`],
    [`${CSV}; charset=utf-8`, () => `ip,path,status\n${anIp()},/csv2,200\n${anIp()},/csv2,404\n`],
  ])('come as %s', async (type, body) => {
    const { status, body: answer } = await postLogs(api, type, body());
    expect(status).toBe(200);
    expect(answer).toEqual({
      status: 'success',
      message: '2 logs ingested',
      received: 2,
      accepted: 2,
      rejected: [],
      rejected_total: 0,
      unique_ips: expect.any(Number),
    });
  });

  it('are stored as they came', async () => {
    expect(await stored('/csv')).toMatchObject([
      { timestamp: new Date(at), user_agent: 'Mozilla/5.0 (X11, "Linux")', ip: null },
      { user_agent: null },
    ]);
    expect((await stored('/csv')).at(1)!.timestamp).toEqual((await stored('/csv')).at(1)!.created_at);
  });

  it('are good or bad one by one, and refused by index', async () => {
    const good = { path: '/partly' };
    const { status, body } = await postLogs(api, JSON_TYPE, [good, 7, { ...good, status: 1 }, {}, good]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ message: '2 logs ingested', received: 5, accepted: 2, rejected_total: 3 });
    expect(body.rejected).toEqual([
      { index: 1, errors: [{ field: '', message: 'must be an object' }] },
      { index: 2, errors: [{ field: 'status', message: 'must be a whole number from 100 to 599' }] },
      { index: 3, errors: [{ field: 'ip', message: 'is required where there is no path or url' }] },
    ]);
    expect(await stored('/partly')).toHaveLength(2);
  });

  it('that are all bad are a 400', async () => {
    const { status, body } = await postLogs(api, NDJSON, '{\n{"path":"/bad","method":"X"}');
    expect([status, body.error]).toEqual([400, 'validation_error']);
    expect(body.details).toEqual([
      { field: '[0]', message: 'is not JSON' },
      { field: '[1].method', message: expect.any(String) },
    ]);
  });

  it.each([
    [JSON_TYPE, '[]', 'empty_batch'],
    [NDJSON, '', 'empty_batch'],
    [NDJSON, '\n \n', 'empty_batch'],
    [CSV, '', 'empty_batch'],
    [CSV, 'timestamp,path,userAgent\n', 'empty_batch'],
    [JSON_TYPE, '[{"path":"/broken"},', 'invalid_json'],
    [JSON_TYPE, '[{"path":"/broken"},]', 'invalid_json'],
    [JSON_TYPE, '[{"path":"/broken"}] x', 'invalid_json'],
  ])('%s %j: %s', async (type, body, code) => {
    const answer = await postLogs(api, type, body);
    expect([answer.status, answer.body.error]).toEqual([400, code]);
  });

  it('of a large array that is no JSON are not stored', async () => {
    const entry = `{"path":"/broken","user_agent":"${'x'.repeat(900)}"}`;
    const answer = await postLogs(api, JSON_TYPE, `[${Array<string>(2000).fill(entry).join(',')}`);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_json']);
    expect(await stored('/broken')).toHaveLength(0);
  });

  it('are as many as the body may hold; of the refused the first 1,000 are listed', async () => {
    const row = (i: number) => (i % 2 === 0 ? `${at},/large,curl\n` : `never,/large,curl\n`);
    const { status, body } = await postLogs(
      api,
      CSV,
      Array.from({ length: 20_000 }, (_, i) => row(i)).join(''),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ received: 20_000, accepted: 10_000, rejected_total: 10_000 });
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(
      Array.from({ length: 1000 }, (_, i) => 2 * i + 1),
    );
    expect(await stored('/large')).toHaveLength(10_000);
  });

  it('may come compressed, and are too many when they are too large', async () => {
    const gzip = { headers: { 'content-encoding': 'gzip' } };
    const row = `${at},/gzip,curl\n`;
    expect((await postLogs(api, CSV, gzipSync(row), gzip)).body).toMatchObject({ accepted: 1 });
    const large = gzipSync(row.repeat((11 * 1024 * 1024) / row.length));
    const { status, body } = await postLogs(api, CSV, large, gzip);
    expect([status, body.error]).toEqual([413, 'request_too_large']);
    expect(await stored('/gzip')).toHaveLength(1);
  });

  it('are a 415 in other forms, and on other routes', async () => {
    const codeOf = async (type: string, path: string) => {
      const { status, body } = await api.post(path, 'x', { headers: { 'content-type': type } });
      return [status, body.error];
    };
    for (const type of ['text/plain', 'application/xml', 'text/csv; charset=iso-8859-1']) {
      expect(await codeOf(type, '/logs')).toEqual([415, 'unsupported_media_type']);
    }
    for (const type of [CSV, NDJSON]) {
      expect(await codeOf(type, '/api/v1/ingest')).toEqual([415, 'unsupported_media_type']);
      expect(await codeOf(type, '/upload')).toEqual([415, 'unsupported_media_type']);
    }
  });
});

describe('POST /upload', () => {
  const line = (path: string, rest = '200 12ms') => `2026-11-01T10:00:00Z ${anIp()} get ${path} ${rest}`;

  it('takes lines, and passes over blank ones', async () => {
    const { status, body } = await api.post('/upload', [
      line('/line'),
      '',
      ' \t',
      'nonsense',
      line('/line', '404 0.5ms'),
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'Logs processed',
      received: 3,
      accepted: 2,
      rejected: [{ index: 3, errors: [{ field: '', message: expect.stringContaining('has 1 fields') }] }],
      rejected_total: 1,
    });
    expect(await stored('/line')).toMatchObject([
      { method: 'GET', status: 200, latency_ms: 12 },
      { status: 404, latency_ms: 0.5 },
    ]);
  });

  it.each([
    ['[]', 'empty_batch'],
    ['[""," "]', 'empty_batch'],
    ['["x", 5, null]', 'validation_error'],
    ['{"lines":[]}', 'validation_error'],
    ['"x"', 'validation_error'],
    ['["x"', 'invalid_json'],
    ['', 'invalid_json'],
  ])('%j: %s', async (body, code) => {
    const answer = await api.post('/upload', body);
    expect([answer.status, answer.body.error]).toEqual([400, code]);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string, type = JSON_TYPE) => ({
    headers: { 'idempotency-key': key, 'content-type': type },
  });

  it('stores a repeat once, and answers it as the first', async () => {
    const entry = anEntry({ path: '/once' });
    const first = await api.post('/logs', entry, keyed('one'));
    expect(first.body.message).toBe('New IP logged');
    await api.post('/logs', anEntry());
    expect((await api.post('/logs', entry, keyed('one'))).body).toEqual(first.body);
    expect(await stored('/once')).toHaveLength(1);

    const rows = `ip,path\n${anIp()},/once-csv\n${anIp()},/once-csv\nnone,/once-csv\n`;
    const many = await api.post('/logs', rows, keyed('two', CSV));
    expect(many.body).toMatchObject({ received: 3, accepted: 2, rejected_total: 1 });
    expect((await api.post('/logs', rows, keyed('two', CSV))).body).toEqual(many.body);
    expect(await stored('/once-csv')).toHaveLength(2);
  });

  it('is of a route, and of a body', async () => {
    const lines = [`2026-11-01T10:00:00Z ${anIp()} GET /once-line 200 1ms`];
    expect((await api.post('/upload', lines, keyed('one'))).body).toMatchObject({ accepted: 1 });
    const other = await api.post('/upload', [...lines, ...lines], keyed('one'));
    expect([other.status, other.body.error]).toEqual([409, 'idempotency_conflict']);
    expect(await stored('/once-line')).toHaveLength(1);
  });

  it('counts once however many repeat it at once', async () => {
    const before = await uniqueIps();
    const entries = Array.from({ length: 1500 }, () => anEntry({ path: '/once-at-once' }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.post('/logs', entries, keyed('eight'))),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toEqual(answers[0].body);
      expect(body).toMatchObject({ accepted: 1500, unique_ips: before + 1500 });
    }
    expect(await stored('/once-at-once')).toHaveLength(1500);
    expect(await uniqueIps()).toBe(before + 1500);
  });

  it('is not used up by a request of which nothing is good', async () => {
    expect((await api.post('/logs', [{ path: '/later', status: 1 }], keyed('later'))).status).toBe(400);
    expect((await api.post('/logs', [{ path: '/later', status: 200 }], keyed('later'))).status).toBe(200);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('is not %j', async (key) => {
    const { status, body } = await api.post('/logs', anEntry(), keyed(Buffer.from(key).toString('latin1')));
    expect([status, body.details?.[0].field]).toEqual([400, 'Idempotency-Key']);
  });
});

describe('unique addresses', () => {
  it('are as many as a set says, from eight clients at once', async () => {
    const before = await uniqueIps();
    const sent = new Set<string>();
    const bodies = Array.from({ length: 8 }, () =>
      Array.from({ length: 400 }, () => {
        const ip = `172.16.${Math.floor(Math.random() * 4)}.${Math.floor(Math.random() * 256)}`;
        sent.add(ip);
        return { ip };
      }),
    );
    const answers = await Promise.all(bodies.map((body) => api.post('/logs', body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await uniqueIps()).toBe(before + sent.size);
  });
});

it('needs a key with scope ingest', async () => {
  const { body } = await api.post('/api/v1/keys', { name: 'reader', scopes: ['query'] });
  for (const path of ['/logs', '/upload']) {
    expect((await api.post(path, [], { key: body.data.key })).status).toBe(403);
    expect((await api.post(path, [], { key: null })).status).toBe(401);
  }
});

it('counts what came in', async () => {
  const { body: metrics } = (await api.get('/metrics', { key: null })) as { body: string };
  expect(metrics).toMatch(/^access_logs_ingested_total [1-9]/m);
  expect(metrics).toMatch(/^batch_size_count\{endpoint="\/logs"\} [1-9]/m);
  expect(metrics).toMatch(/^batch_size_count\{endpoint="\/upload"\} [1-9]/m);
  expect(metrics).toMatch(/^validation_errors_total\{field="status",error_type="value"\} [1-9]/m);
  expect(metrics).toMatch(/^validation_errors_total\{field="entry",error_type="unstorable"\} 1$/m);
  expect(metrics).not.toMatch(/more\.text/);
});

it('is described in OpenAPI by the schema that checks it', async () => {
  const { body } = await api.get('/openapi.json', { key: null });
  const { post } = body.paths['/logs'];
  expect(Object.keys(post.requestBody.content as object)).toEqual([JSON_TYPE, NDJSON, CSV]);
  const { schemas } = body.components;
  const [one, many] = post.requestBody.content[JSON_TYPE].schema.oneOf;
  expect([one.$ref, many.items.$ref]).toEqual([
    '#/components/schemas/LoneAccessEntry',
    '#/components/schemas/AccessEntry',
  ]);
  expect(schemas.LoneAccessEntry.required).toEqual(['timestamp', 'ip']);
  expect(schemas.AccessEntry.properties.status.anyOf[0]).toEqual({
    type: 'integer',
    minimum: 100,
    maximum: 599,
  });
  expect(Object.keys(post.responses as object)).toEqual(
    expect.arrayContaining(['200', '400', '409', '413', '415', '503']),
  );
  expect(body.paths['/upload'].post.requestBody.content[JSON_TYPE].schema.items).toMatchObject({
    type: 'string',
  });
});
