import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf, type Answer, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

// Times and cursors come from clients, and end in a database that knows no year 10000 and no 24th hour.

const ENDS = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000001Z',
  '0001-01-01T00:59:59-00:59',
  '0001-01-02T00:00:00+23:59',
  '0099-12-31T23:00:00Z',
  '0999-12-31T23:59:59.999999Z',
  '1000-01-01T00:00:00Z',
  '1582-10-10T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-30T23:00:00Z',
  '9999-12-31T00:00:00Z',
  '9999-12-31T23:00:00Z',
  '9999-12-31T23:59:00Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999999999Z',
  `9999-12-31T23:59:59.${'9'.repeat(400)}Z`,
];
const ZONES = [
  'UTC',
  'Asia/Tokyo',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'America/Anchorage',
  'Africa/Monrovia',
  'Asia/Manila',
  '+23:59',
  '-23:59',
  'Etc/GMT+12',
];

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: { format?: string; enum?: string[] };
}
type Document = { paths: Record<string, Record<string, { parameters?: Parameter[] }>> };

let server: TestServer;
let api: Api;
let document: Document;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  document = (await api.get('/openapi.json')).body as Document;
  const times = ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'];
  const events = [...times, ...times].map((timestamp, n) => anEvent({ timestamp, user_id: `u${n % 2}` }));
  expect((await api.post('/api/v1/batch-ingest', { logs: events })).status).toBe(201);
  const entries = [...times, ...times].map((timestamp) => anEntry({ timestamp, path: '/a', status: 500 }));
  expect((await api.post('/logs', entries)).status).toBe(200);
  for (const name of ['one', 'two']) await api.post('/api/v1/keys', { name, scopes: ['ingest'] });
});

afterAll(() => server?.stop());

function expectNoFailure({ status, body }: Answer, asked: string): void {
  if (![200, 400].includes(status)) throw new Error(`${status} for ${asked}: ${JSON.stringify(body)}`);
}

const any = (values: readonly string[]) => fc.constantFrom(...values);
const atEnds = fc
  .tuple(any(ENDS), any(['Z', '+14:00', '-12:00', '+23:59', '-23:59']))
  .map(([time, zone]) => time.replace('Z', zone));
const time = fc.oneof(
  { weight: 4, arbitrary: any(ENDS) },
  atEnds,
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
    .map((date) => date.toISOString()),
  any([
    '+010000-01-01T00:00:00Z',
    '0000-12-31T23:59:59Z',
    '-000001-01-01T00:00:00Z',
    'infinity',
    'now',
    '2026-11-20T10:00:00 02:00',
  ]),
);

it('no time of any parameter, at any end, in any zone, is more than the server can take', async () => {
  const isTime = ({ in: place, schema }: Parameter) => place === 'query' && schema.format === 'date-time';
  const routes = Object.entries(document.paths).flatMap(([path, { get }]) =>
    get?.parameters?.some(isTime) ? [{ path, parameters: get.parameters }] : [],
  );
  expect(routes.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '/logs',
      '/analytics',
      '/api/v1/stats',
      '/api/v1/access/top',
      '/api/v1/audit',
      '/api/v1/logs/export',
    ]),
  );
  const request = any(routes.map(({ path }) => path)).chain((path) => {
    const { parameters } = routes.find((route) => route.path === path)!;
    const values = parameters.flatMap((parameter) => {
      const { name, required, schema } = parameter;
      const known = isTime(parameter)
        ? time
        : schema.format === 'time-zone'
          ? any(ZONES)
          : schema.enum && any(schema.enum);
      if (!known || (name === 'range' && required !== true)) return [];
      return [[name, required === true ? known : fc.option(known, { nil: '', freq: 3 })] as const];
    });
    return fc
      .record(Object.fromEntries(values))
      .map((query) => `${path}?${new URLSearchParams(query).toString()}`);
  });
  await fc.assert(
    fc.asyncProperty(request, async (asked) => expectNoFailure(await api.get(asked), asked)),
    { numRuns: 300 },
  );
});

it.each([
  [
    '/api/v1/access/top?by=path&from=2026-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59.999968Z',
  ],
  [
    '/api/v1/access/stats?type=requests&from=9999-12-31T22:00:00Z&to=9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59.999968Z',
  ],
  [
    '/api/v1/stats?type=logs&interval=1d&from=0001-01-01T00:00:00Z&to=0001-01-03T00:00:00Z&timezone=Asia/Tokyo',
    '0001-01-03T00:00:00.000Z',
  ],
  [
    '/api/v1/stats?type=logs&interval=1h&from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z&timezone=Pacific/Apia',
    '0001-01-02T00:00:00.000Z',
  ],
])('%s is answered', async (asked, to) => {
  const { status, body } = await api.get(asked);
  expect([status, body.data?.to]).toEqual([200, to]);
});

it('what is stored at the ends is counted there', async () => {
  const asked =
    '/api/v1/stats?type=logs&interval=1d&from=0001-01-01T00:00:00Z&to=0001-01-03T00:00:00Z&timezone=Asia/Tokyo';
  const { series, totals } = (await api.get(asked)).body.data as {
    series: { time: string }[];
    totals: { count: number };
  };
  expect([series[0].time, totals.count]).toEqual(['0001-01-01T00:00:00.000Z', 2]);
  const summary = (await api.get('/analytics?hour=0001-01-01T00:00:00Z')).body as { total_requests: number };
  expect(summary.total_requests).toBe(2);
});

describe('a cursor', () => {
  const LISTS = [
    ...[
      'created_at',
      'timestamp',
      'id',
      'event_id',
      'event_type',
      'event_name',
      'user_id',
      'app_version',
      'priority',
    ].map((sort) => `/api/v1/logs/filter?page_size=1&sort_by=${sort}`),
    '/api/v1/logs/filter?page_size=1&sort_by=timestamp&sort_order=asc',
    '/logs?limit=1',
    '/logs?limit=1&path=a',
    '/logs?limit=1&range=week',
    '/api/v1/keys?limit=1',
    '/api/v1/audit?limit=1',
  ];
  const OTHER_QUERIES = {
    [LISTS[0]]: `${LISTS[0]}&user_id=u`,
    '/logs?limit=1': '/logs?limit=1&status=200',
    '/logs?limit=1&range=week': '/logs?limit=1&range=day',
    '/api/v1/audit?limit=1': '/api/v1/audit?limit=1&actor=x',
    '/api/v1/keys?limit=1': '/api/v1/audit?limit=1',
  };
  const cursorOf = ({ body }: Answer): string =>
    body.next_cursor ?? body.data?.next_cursor ?? body.meta?.next_cursor;
  const next = (list: string, cursor: string) => api.get(`${list}&cursor=${encodeURIComponent(cursor)}`);

  const part: fc.Arbitrary<unknown> = fc.oneof(
    any([
      ...ENDS,
      '2026-11-20T10:00:00+23:59',
      '2026-11-20T10:00:00.1Z',
      `2026-11-20T10:00:00.${'1'.repeat(400)}Z`,
      'infinity',
      'epoch',
      '',
    ]),
    fc.constantFrom(
      null,
      -1,
      0,
      1.5,
      1e300,
      2 ** 53,
      9007199254740991,
      true,
      [],
      {},
      'x'.repeat(3000),
      '\0',
      '\ud800',
    ),
  );
  const edit = fc.oneof(
    fc.record({ at: fc.nat(6), part }),
    fc.record({ flip: fc.nat(400), by: any(['A', '_', '-', '.', '0', '+', '=', ' ', 'é']) }),
    fc.record({
      prefix: any(['0.', '1.', '9999999999.', '99999999999.', '000000001-999999999.', '5-1.', '1-2.']),
    }),
    fc.record({ suffix: any(['A', '=', '==', ' ', '\n', '!', 'AAAA']) }),
  );

  function edited(cursor: string, change: Record<string, unknown>): string {
    const [, before, text] = /^([^.]*\.)?(.*)$/s.exec(cursor)!;
    if ('prefix' in change) return `${String(change.prefix)}${text}`;
    if ('suffix' in change) return `${cursor}${String(change.suffix)}`;
    if ('flip' in change) {
      const at = (change.flip as number) % cursor.length;
      return cursor.slice(0, at) + String(change.by) + cursor.slice(at + 1);
    }
    const parts = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    parts[change.at as number] = change.part;
    return (before ?? '') + Buffer.from(JSON.stringify(parts)).toString('base64url');
  }

  it('that was edited is refused or means what it says, in every list', async () => {
    const cursors = new Map<string, string>();
    for (const list of LISTS) {
      const cursor = cursorOf(await api.get(list));
      expect([list, cursor]).toEqual([list, expect.any(String)]);
      expect((await next(list, cursor)).status).toBe(200);
      cursors.set(list, cursor);
    }
    await fc.assert(
      fc.asyncProperty(any([...cursors.keys()]), edit, async (list, change) => {
        const cursor = edited(cursors.get(list)!, change);
        const answer = await next(list, cursor);
        expectNoFailure(answer, `${list} after ${cursor}`);
        if (answer.status === 400) expect(answer.body.error).toBe('invalid_cursor');
      }),
      { numRuns: 300 },
    );
  });

  it.each(LISTS)('of %s is good to the last character', async (list) => {
    const cursor = cursorOf(await api.get(list));
    for (const wrong of [`${cursor}=`, `${cursor} `, cursor.slice(0, -1), `${cursor}AAAA`]) {
      const { status, body } = await next(list, wrong);
      expect([wrong, status, body.error]).toEqual([wrong, 400, 'invalid_cursor']);
    }
  });

  it.each(Object.entries(OTHER_QUERIES))('of %s is refused for %s', async (list, other) => {
    const { status, body } = await next(other, cursorOf(await api.get(list)));
    expect([status, body.error]).toEqual([400, 'invalid_cursor']);
  });

  it('of a tail may be any number', async () => {
    const place = fc
      .tuple(fc.bigInt(0n, 10n ** 17n), fc.bigInt(0n, 10n ** 17n))
      .map((numbers) => numbers.join('-'));
    const ends = any([
      '0-0',
      '9007199254740991-8640000000000000',
      '9007199254740992-0',
      '1-9999999999999999',
      '0-8640000000000001',
      '-1-0',
      '1-1e3',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(ends, place), async (id) => {
        const stop = new AbortController();
        const headers = { 'x-api-key': server.key, 'last-event-id': id };
        const { status } = await fetch(`${server.url}/api/v1/logs/tail`, { headers, signal: stop.signal });
        stop.abort();
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 60 },
    );
  });
});

it('and nothing of it failed on the server', async () => {
  const { body: metrics } = (await api.get('/metrics', { key: null })) as { body: string };
  expect(metrics).not.toMatch(/^http_requests_total\{.*status="5/m);
  expect(server.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
