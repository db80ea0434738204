import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, propertiesAsked, type Answer as ApiAnswer } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

interface Answer {
  status: number;
  text: string;
  body: {
    success?: boolean;
    message: string;
    error?: string;
    details?: { field: string; message: string }[];
    data: never;
  };
}
interface Page {
  logs: { event_id: string }[];
  total_count: number | null;
  total_count_estimated?: true;
  page: number;
  page_size: number;
  total_pages: number | null;
  next_cursor: string | null;
  warnings: string[];
}

let server: TestServer;

beforeAll(async () => {
  // what is kept is kept until something else ends that, however slow the machine is
  server = await startServer({ env: { STATS_CACHE_SECONDS: '600' } });
});

afterAll(() => server.stop());

async function send(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { 'x-api-key': server.key, 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { headers, ...init });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as Answer['body'] };
}

const get = (path: string) => send(`/api/v1/${path}`);

async function filter(query: string): Promise<Page> {
  const answer = await get(`logs/filter?${query}`);
  expect(answer).toMatchObject({ status: 200, body: { success: true } });
  return answer.body.data;
}

async function ingest(logs: string[]): Promise<void> {
  const { status } = await send('/api/v1/batch-ingest', {
    method: 'POST',
    body: `{"logs":[${logs.join()}]}`,
  });
  expect(status).toBe(201);
}

const ids = (page: Page) => page.logs.map((log) => log.event_id);

describe('rows over HTTP', () => {
  const odd = 'a/b?c=d&e#f %ü'.padEnd(255, '語');

  beforeAll(async () => {
    const walked = Array.from(
      { length: 25 },
      (_, i) => `{"event_id":"walk-${i}","event_type":"telemetry","event_name":"walk","user_id":"walker"}`,
    );
    await ingest(walked);
    await ingest([
      `{"event_id":${JSON.stringify(odd)},"event_type":"error","event_name":"crash","priority":"high",
        "timestamp":"2026-01-02T03:04:05.678901Z","app_version":"1.0","session_id":"s",
        "properties":{"big":12345678901234567890,"n":5,"tags":{"provider":"acme"},"__proto__":{"x":true}}}`,
    ]);
    await ingest([
      `{"event_id":"text-5","event_type":"behavioral","event_name":"tap","properties":{"n":"5"}}`,
    ]);
  });

  it('recent gives the newest first', async () => {
    const { status, body } = await get('logs/recent?limit=2');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { success: true, message: 'Retrieved 2 recent logs' },
    });
    expect((body.data as Page['logs']).map((log) => log.event_id)).toEqual(['text-5', odd]);
    expect((await get('logs/recent')).body.data).toHaveLength(27);
    expect((await get('logs/recent?limit=1001')).body).toMatchObject({
      error: 'validation_error',
      details: [{ field: 'limit' }],
    });
  });

  it('an event comes back by its event_id, its JSON digit by digit', async () => {
    const { status, text, body } = await get(`events/${encodeURIComponent(odd)}`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      event_id: odd,
      timestamp: '2026-01-02T03:04:05.678901Z',
      reported_timestamp: null,
      device_info: {},
      user_id: null,
      sequence_number: null,
    });
    expect(text).toContain('"big":12345678901234567890');
    expect(text).toContain('"__proto__":{"x":true}');
  });

  it('an event that is not there is a 404, whatever its id', async () => {
    for (const id of ['none', '%00', 'x'.repeat(300), '%F0%9F%98%80', 'a%2Fb', '..%2f']) {
      expect(await get(`events/${id}`)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    }
  });

  it('filters by properties, provider and times', async () => {
    expect(ids(await filter('prop.n=5'))).toEqual(['text-5', odd]);
    expect(ids(await filter('prop.big=12345678901234567890'))).toEqual([odd]);
    expect(ids(await filter('prop.__proto__.x=true&prop.n=5'))).toEqual([odd]);
    expect(ids(await filter('provider_name=acme'))).toEqual([odd]);
    expect(ids(await filter('session_id=s&app_version=1.0&priority=high&event_type=error'))).toEqual([odd]);
    const day = 'time_field=timestamp&start_time=2026-01-02T04:00:00+01:00&end_time=2026-01-03T00:00:00Z';
    expect(ids(await filter(day))).toEqual([odd]);
    expect(ids(await filter('end_time=2026-01-03T00:00:00Z'))).toEqual([]);
  });

  it('counts, names pages, and warns of what it does not know', async () => {
    const { body } = await get('logs/filter?event_name=walk&limit=10&page=2&utm_source=x');
    expect(body.message).toBe('Retrieved 10 filtered logs (page 2 of 3)');
    expect(body.data).toMatchObject({ total_count: 25, page: 2, page_size: 10, total_pages: 3 });
    expect((body.data as Page).warnings).toEqual([expect.stringContaining('utm_source')]);
    expect(body.data).not.toHaveProperty('total_count_estimated');
    const uncounted = await get('logs/filter?count=none&page_size=5');
    expect(uncounted.body.message).toBe('Retrieved 5 filtered logs (page 1)');
    expect(uncounted.body.data).toMatchObject({ total_count: null, total_pages: null, warnings: [] });
    expect(await filter('user_id=walker&count=exact&limit=3')).toMatchObject({ total_count: 25 });
    expect(await filter('')).toMatchObject({ total_count: 27, page_size: 50 });
  });

  it('says of a + that nothing was found with that it stands for a blank', async () => {
    await ingest([JSON.stringify(anEvent({ event_name: 'built', app_version: '2.0.0+6' }))]);
    const lost = await filter('event_name=built&app_version=2.0.0+6');
    expect([lost.total_count, lost.warnings]).toEqual([0, [expect.stringContaining('"2.0.0 6"')]]);
    const found = await filter('event_name=built&app_version=2.0.0%2B6');
    expect([found.total_count, found.warnings]).toEqual([1, []]);
    const { meta } = (await send('/logs?path=/a+b')).body as unknown as { meta: { warnings: string[] } };
    expect(meta.warnings).toEqual([expect.stringContaining('Parameter path: + stands for a blank')]);
  });

  it('walks by cursor through every row once, in any sort, while others are stored', async () => {
    for (const sort of ['created_at', 'id', 'timestamp', 'user_id', 'event_type', 'app_version']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let page = 1; page === 1 || cursor !== null; page++) {
        const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const answer = await filter(`event_name=walk&page_size=7&sort_by=${sort}&sort_order=ASC${from}`);
        expect(answer.page).toBe(page);
        seen.push(...ids(answer));
        cursor = answer.next_cursor;
        if (page === 2)
          await ingest([`{"event_id":"walk-late-${sort}","event_type":"error","event_name":"walk"}`]);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(Array.from({ length: 25 }, (_, i) => `walk-${i}`)));
    }
  });

  it.each([
    ['event_type=x', 'invalid_event_type', 'event_type'],
    ['priority=low', 'invalid_priority', 'priority'],
    ['start_time=now', 'invalid_start_time', 'start_time'],
    ['end_time=now', 'invalid_end_time', 'end_time'],
    ['cursor=abc', 'invalid_cursor', 'cursor'],
    ['cursor=MQ', 'invalid_cursor', 'cursor'],
    ['user_id=a&user_id=b', 'validation_error', 'user_id'],
    ['user_id=%00', 'validation_error', 'user_id'],
    ['prop.a=%00', 'validation_error', 'prop.a'],
    ['page=0', 'validation_error', 'page'],
    ['page=10002', 'validation_error', 'page'],
    ['page_size=1001', 'validation_error', 'page_size'],
    [propertiesAsked(1_000), 'validation_error', 'query'],
    [propertiesAsked(21), 'validation_error', 'prop.'],
  ])('%s is a 400 that names it', async (query, error, field) => {
    const answer = await get(`logs/filter?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error, details: [{ field }] } });
  });

  it('a page far down is given up to 500,000 events', async () => {
    expect(await filter('page=3000')).toMatchObject({ logs: [], page: 3000, next_cursor: null });
    expect((await get('logs/filter?page=10002')).body.message).toContain('use next_cursor to continue');
  });

  it('bytes that are no UTF-8 are never a failure of the server', async () => {
    for (const query of ['user_id=%ED%A0%80', 'prop.%FF=1', 'user_id=%', 'prop.a=%E0%A4%A']) {
      expect([200, 400]).toContain((await get(`logs/filter?${query}`)).status);
    }
  });
});

describe('a page of the filter', () => {
  const PAGE = '/api/v1/logs/filter?event_name=kept';
  const kept = (overrides: object = {}) => anEvent({ event_name: 'kept', ...overrides });
  const cacheOf = ({ headers }: ApiAnswer) => headers.get('x-cache');
  const namesOf = ({ body }: ApiAnswer) => (body.data as Page).logs.map(({ event_id }) => event_id);

  it('is kept until its project stores something', async () => {
    const api = apiOf(server);
    await api.post('/api/v1/ingest', kept());
    const first = await api.get(PAGE);
    const again = await api.get(PAGE);
    expect([cacheOf(first), first.headers.get('age'), cacheOf(again)]).toEqual(['MISS', '0', 'HIT']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    const fresh = await api.get(PAGE, { headers: { 'cache-control': 'no-cache' } });
    expect([cacheOf(fresh), cacheOf(await api.get(`${PAGE}&page_size=49`))]).toEqual(['MISS', 'MISS']);
    const { body } = await api.post('/api/v1/keys', { name: 'n', project: 'elsewhere', scopes: ['ingest'] });
    await api.post('/api/v1/ingest', kept(), { key: body.data.key as string });
    expect(cacheOf(await api.get(PAGE))).toBe('HIT');
  });

  it('never lacks what its reader has just stored, whatever else is asked meanwhile', async () => {
    const api = apiOf(server);
    let stop = false;
    const others = Array.from({ length: 4 }, async () => {
      while (!stop) await api.get(PAGE);
    });
    try {
      for (let i = 0; i < 40; i++) {
        const event = kept();
        expect((await api.post('/api/v1/ingest', event)).status).toBe(201);
        expect(namesOf(await api.get(PAGE))).toContain(event.event_id);
      }
    } finally {
      stop = true;
      await Promise.all(others);
    }
  });

  it('is not kept where it is large', async () => {
    const api = apiOf(server);
    const blob = 'x'.repeat(30 * 1024);
    const logs = Array.from({ length: 5 }, () => anEvent({ event_name: 'large', properties: { blob } }));
    await api.post('/api/v1/batch-ingest', { logs });
    const large = '/api/v1/logs/filter?event_name=large';
    await api.get(large);
    expect(cacheOf(await api.get(large))).toBe('MISS');
    await api.get(`${large}&page_size=2`);
    expect(cacheOf(await api.get(`${large}&page_size=2`))).toBe('HIT');
  });

  it('is as new in every other process that may keep one', async () => {
    const workers = process.env.TEST_WITH_REDIS_URL ? '1' : '2';
    const other = await startServer({ env: { DATABASE_URL: server.databaseUrl, WORKERS: workers } });
    const [writer, reader] = process.env.TEST_WITH_REDIS_URL ? [server, other] : [other, other];
    try {
      for (let i = 0; i < 20; i++) {
        const event = kept();
        await apiOf(writer).post('/api/v1/ingest', event);
        const asked = await Promise.all(Array.from({ length: 4 }, () => apiOf(reader).get(PAGE)));
        for (const answer of asked) expect(namesOf(answer)).toContain(event.event_id);
      }
    } finally {
      await other.stop();
    }
  });
});

describe('OpenAPI', () => {
  it('shows every parameter of the filter with its bounds', async () => {
    const document = (await send('/openapi.json')).body as unknown as {
      paths: Record<string, { get: { parameters: { name: string; in: string; schema: object }[] } }>;
    };
    const { parameters } = document.paths['/api/v1/logs/filter'].get;
    const schemas = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
    const names = `Cache-Control event_type event_name user_id session_id app_version priority provider_name prop start_time
      end_time time_field page page_size limit sort_by sort_order cursor count project`;
    expect(Object.keys(schemas).sort()).toEqual(names.split(/\s+/).sort());
    expect(schemas.page_size).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000, default: 50 });
    expect(schemas.event_type).toMatchObject({ enum: expect.arrayContaining(['error']) as unknown });
    expect(schemas.user_id).toMatchObject({ type: 'string', maxLength: 255 });
    expect(schemas.start_time).toMatchObject({ format: 'date-time' });
  });

  it('shows the parameters prop.<path> as an object that is spread over the query string', async () => {
    const document = (await send('/openapi.json')).body as unknown as {
      paths: Record<string, { get: { parameters: { name: string }[] } }>;
    };
    const prop = document.paths['/api/v1/logs/filter'].get.parameters.find(({ name }) => name === 'prop');
    expect(prop).toMatchObject({
      style: 'form',
      explode: true,
      schema: { type: 'object', additionalProperties: false },
    });
  });

  it('shows the failures of every route under /api/v1', async () => {
    const document = (await send('/openapi.json')).body as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, object> }>>;
    };
    const routes = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/v1/'));
    const operations = routes.flatMap(([, methods]) => Object.entries(methods));
    expect(operations.length).toBeGreaterThan(10);
    const everywhere = ['400', '401', '403', '404', '408', '429', '431', '500', '503'];
    for (const [method, { responses }] of operations) {
      const ofBodies = method === 'get' ? [] : ['413', '415'];
      const failures = Object.keys(responses).filter((status) => status >= '400');
      expect(failures.sort()).toEqual([...everywhere, ...ofBodies].sort());
    }
  });
});
