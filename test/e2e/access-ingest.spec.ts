import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { anEntry, anIp, postLogs } from '../support/access-api.js';
import { accessDatabaseOf, type AccessDatabase } from '../support/access-database.js';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';

const cases = JSON.parse(readFileSync('test/fixtures/import/cases.json', 'utf8')) as {
  file: string;
  right: { stored: number; rejected: number };
}[];

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

  it.each([
    ['one behind the other', (a: string, b: string) => a + b],
    ['a line each', (a: string, b: string) => `${a}\n${b}\n`],
    ['with blank lines', (a: string, b: string) => `\n${a}\r\n\r\n${b}`],
    ['over several lines', (a: string, b: string) => `${a.replace(',', ',\n')}\n${b.replace(',', ',\n')}`],
    ['with braces in texts', (a: string, b: string) => (a + b).replaceAll('curl', '}{ \\"}{')],
  ])('may be JSON objects %s, as Fluent Bit sends them', async (name, join) => {
    const path = `/fluent/${name}`;
    const [a, b] = ['curl/1', 'curl/2'].map((agent) =>
      JSON.stringify({ ...anEntry(), path, user_agent: agent }),
    );
    const { status, body } = await postLogs(api, JSON_TYPE, join(a, b));
    expect([status, body]).toMatchObject([200, { message: '2 logs ingested', received: 2, rejected: [] }]);
    expect(await stored(path)).toHaveLength(2);
  });

  it('may be far more JSON objects than one may be large', async () => {
    const objects = Array.from({ length: 9000 }, (_, i) => JSON.stringify(anEntry({ path: '/fluent', i })));
    for (const between of ['', '\n']) {
      const { body } = await postLogs(api, JSON_TYPE, objects.join(between));
      expect(body).toMatchObject({ received: 9000, accepted: 9000 });
    }
    expect(await stored('/fluent')).toHaveLength(18_000);
  });

  it.each([
    '{"path":"/no"}{',
    '{"path":"/no"} x',
    '{"path":"/no"}]',
    '{"path":"/no"},{"path":"/no"}',
    '{"path":"/no"}{"a":}',
  ])('that are JSON objects and something else are none: %s', async (body) => {
    const answer = await postLogs(api, JSON_TYPE, body);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_json']);
    expect(await stored('/no')).toHaveLength(0);
  });

  it.each([
    [NDJSON, '{"path":"/w1","status":"200","latency_ms":"12.5","ip":"","method":""}', [200, 12.5]],
    [NDJSON, '{"path":"/w2","status":"404","request_time":"0.25","user_agent":""}', [404, 250]],
    [JSON_TYPE, '[{"path":"/w3","method":"PROPFIND","timestamp":"2026-11-01T10:00:00+0100"}]', [null, null]],
    [CSV, 'sep=;\r\npath;status\r\n/w4;200\r\n', [200, null]],
    [CSV, '#TYPE x\npath\tstatus\n/w5\t200\n', [200, null]],
    [CSV, 'path,status,request_time\r/w6,200,0.001\r', [200, 1]],
    [NDJSON, Buffer.from('{"path":"/w7","referer":"caf\xe9"}', 'latin1'), [null, null]],
  ])('may be as servers write them: %s %s', async (type, content, expected) => {
    const { status, body } = await postLogs(api, type, content);
    expect([status, body]).toMatchObject([200, { accepted: 1, rejected_total: 0 }]);
    const path = /\/w\d/.exec(content.toString('latin1'))![0];
    expect((await stored(path)).map((row) => [row.status, row.latency_ms])).toEqual([expected]);
  });

  it.each(cases.filter(({ file }) => /\.(csv|ndjson)$/.test(file)))(
    'are right in the file $file of our own',
    async ({ file, right }) => {
      const type = file.endsWith('.csv') ? CSV : NDJSON;
      const { status, body } = await postLogs(api, type, readFileSync(`test/fixtures/import/${file}`));
      if (right.stored === 0) {
        expect([status, body.error, body.details]).toEqual([
          400,
          'validation_error',
          [{ field: '[0].timestamp', message: expect.stringContaining('"time" is not read') }],
        ]);
      } else
        expect([status, body.accepted, body.rejected_total]).toEqual([200, right.stored, right.rejected]);
    },
  );

  it.each([
    [CSV, 'time,path\n2020-01-01T00:00:00Z,/x\n', '[0].timestamp'],
    [CSV, 'when,client,uri\n2026-11-20T10:00:00Z,/x,curl\n', '[0]'],
    [CSV, '2026-11-20T10:00:00Z,203.0.113.7,/x\n', '[0].path'],
    [NDJSON, '{"path":"/x","ip":"203.0.113.7:80"}', '[0].ip'],
    [NDJSON, '{"path":"/x","status":"000"}', '[0].status'],
    [NDJSON, Buffer.from('{"path":"/x\xe9"}', 'latin1'), '[0].path'],
  ])('are refused by name where they cannot be read: %s %s', async (type, content, field) => {
    const { status, body } = await postLogs(api, type, content);
    expect([status, body.details[0].field]).toEqual([400, field]);
    expect(await stored('/x')).toHaveLength(0);
  });

  it('in JSON that have their time by another name are stored, and said to be', async () => {
    const entry = { path: '/date', date: 1763600000.5 };
    for (const [type, body] of [
      [JSON_TYPE, [entry]],
      [NDJSON, JSON.stringify(entry)],
    ] as const) {
      expect((await postLogs(api, type, body)).body).toMatchObject({
        accepted: 1,
        warnings: ['"date" is not read, the time of an entry is called timestamp'],
      });
    }
    const timed = { ...entry, timestamp: '2026-11-01T10:00:00Z' };
    expect((await postLogs(api, JSON_TYPE, [timed])).body.warnings).toBeUndefined();
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
