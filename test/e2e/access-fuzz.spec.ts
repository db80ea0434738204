import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postLogs } from '../support/access-api.js';
import { apiOf, type Answer, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const JSON_TYPE = 'application/json';
const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
const RUNS = { numRuns: 150 };

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
});

afterAll(async () => {
  await server?.stop();
});

/** Every record is accounted for, or the request is refused by name. */
function expectAccount({ status, body }: Answer): void {
  if (status === 200) {
    expect(body.received).toBe(body.accepted + body.rejected_total);
    expect(body.accepted).toBeGreaterThan(0);
    expect(body.rejected).toHaveLength(Math.min(body.rejected_total as number, 1000));
    expect(body.rejected.every(({ errors }: { errors: unknown[] }) => errors.length > 0)).toBe(true);
  } else {
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: expect.stringMatching(/^(invalid_json|validation_error|empty_batch)$/),
      retryable: false,
    });
  }
}

const anything = fc.anything({ maxDepth: 2, withNullPrototype: false });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ maxLength: 3000 }));
const timestamp = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-02'), max: new Date('9998-12-31') })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2026-02-30T00:00:00Z',
    '2016-12-31T23:59:60Z',
  ),
);
const field = (good: fc.Arbitrary<unknown>) =>
  fc.option(fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: anything }), { nil: undefined });

const entry = fc.record({
  timestamp: field(timestamp),
  ip: field(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended())),
  method: field(fc.constantFrom('GET', 'post', 'TRACE', 'x')),
  path: field(fc.oneof(fc.webPath(), text)),
  url: field(fc.oneof(fc.webUrl(), text)),
  status: field(fc.integer({ min: 90, max: 610 })),
  latency_ms: field(fc.oneof(fc.double(), fc.nat(), fc.constantFrom(5e-324, 1e15, 1.8e308))),
  user_agent: field(text),
  userAgent: field(text),
});
const json = (value: unknown) =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));

it('entries of any kind are accounted for', async () => {
  const entries = fc.array(fc.oneof({ weight: 9, arbitrary: entry }, { weight: 1, arbitrary: anything }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(entries, fc.boolean(), async (values, asArray) => {
      const records = values.map((value) => json(value) ?? 'null');
      const body = asArray ? `[${records.join(',')}]` : records.join('\n');
      const answer = await postLogs(api, asArray ? JSON_TYPE : NDJSON, body);
      expectAccount(answer);
      if (answer.status === 200) expect(answer.body.received).toBe(records.length);
    }),
    RUNS,
  );
});

it('an entry of any kind is stored or refused by name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(entry, anything), async (value) => {
      const { status, body } = await api.post('/logs', json(value) ?? 'null');
      expect([200, 400]).toContain(status);
      if (status === 400) expect(['validation_error', 'empty_batch']).toContain(body.error);
    }),
    RUNS,
  );
});

it('rows of any kind are accounted for', async () => {
  const cell = fc.oneof(
    timestamp,
    fc.ipV4(),
    fc.webPath(),
    text,
    fc.constantFrom('', 'GET', '200', '12.5', '"', '""', '\0', '\r', '"a\nb"'),
  );
  const header = fc.constantFrom(
    '',
    'timestamp,path,userAgent\n',
    'ip,path,status,latency_ms\r\n',
    'ip,method,ip,x\n',
  );
  await fc.assert(
    fc.asyncProperty(
      header,
      fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 20 }),
      async (first, rows) => {
        expectAccount(await postLogs(api, CSV, first + rows.map((row) => row.join(',')).join('\n')));
      },
    ),
    RUNS,
  );
});

it('lines of any kind are accounted for', async () => {
  const word = fc.oneof(
    timestamp,
    fc.ipV4(),
    fc.constantFrom('GET', 'put', '200', '7ms', '1.5ms', '/', '', '\0'),
    text,
  );
  const good = fc.tuple(
    timestamp,
    fc.ipV6(),
    fc.constantFrom('GET', 'delete'),
    fc.constant('/a'),
    fc.integer({ min: 90, max: 610 }),
    fc.nat().map((ms) => `${ms}ms`),
  );
  const line = fc.oneof(good, fc.array(word, { minLength: 5, maxLength: 7 })).map((words) => words.join(' '));
  const lines = fc.array(fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: anything }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(lines, async (values) => {
      expectAccount(await api.post('/upload', `[${values.map((value) => json(value) ?? 'null').join(',')}]`));
    }),
    RUNS,
  );
});

it('bytes of any kind are accounted for or refused', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const damaged = fc
    .tuple(fc.array(entry, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat({ max: 255 }))
    .map(([values, at, byte]) => {
      const body = Buffer.from(values.map(json).join('\n'));
      body[at % body.length] = byte;
      return body;
    });
  const type = fc.constantFrom(JSON_TYPE, NDJSON, CSV);
  await fc.assert(
    fc.asyncProperty(type, fc.oneof(bytes, damaged), async (mediaType, body) => {
      const answer = await postLogs(api, mediaType, body);
      if (answer.body.message?.endsWith?.('IP logged') || answer.body.message === 'IP already logged') return;
      expectAccount(answer);
    }),
    RUNS,
  );
});

it('and nothing of it failed on the server', async () => {
  const { body: metrics } = (await api.get('/metrics', { key: null })) as { body: string };
  expect(metrics).not.toMatch(/^http_requests_total\{.*status="5/m);
  expect(metrics).toMatch(/^http_requests_total\{method="POST",endpoint="\/logs",status="200"\}/m);
  expect(server.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
