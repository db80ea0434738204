import { gzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { anEvent, apiOf, type Answer, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { TailClient } from '../support/tail-client.js';
import { until } from '../support/until.js';
import { PAGE_PATHS } from '../../src/dashboard/pages.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PAGES = new Set(PAGE_PATHS.map((path) => `GET ${path}`));
/** The files of the pages, and the documents themselves. */
const FILES = /^GET \/(assets\/\*|favicon\.svg|docs(\/.*)?|openapi\.json)$/;

interface Operation {
  operationId: string;
  tags: string[];
  responses: Record<string, { $ref?: string }>;
}

let server: TestServer;
let api: Api;
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- parsed JSON: what a test expects of it is its type */
let document: any;
let ajv: Ajv2020;

beforeAll(async () => {
  server = await startServer({ env: { NODE_OPTIONS: '--import ./test/openapi/tell-routes.mjs' } });
  api = apiOf(server);
  document = (await api.get('/openapi.json', { key: null })).body;
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document as object, 'document');
});

afterAll(async () => {
  await server.stop();
});

function operations(): [route: string, operation: Operation][] {
  return Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method): [string, Operation] => [
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      item[method],
    ]),
  );
}

const pointerTo = (...parts: string[]) =>
  `document#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** The status is one that the document has for the route, and the body is what it says of that. */
function expectDescribed(method: string, path: string, { status, headers, body }: Answer): void {
  const { responses } = document.paths[path][method];
  expect(Object.keys(responses as object)).toContain(String(status));
  const response = responses[status] as { $ref?: string };
  const at = response.$ref?.slice(2).split('/') ?? ['paths', path, method, 'responses', String(status)];
  const mediaType = headers.get('content-type')!.split(';')[0];
  const validate = ajv.compile({ $ref: pointerTo(...at, 'content', mediaType, 'schema') });
  validate(body);
  expect(validate.errors).toBeNull();
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as Record<string, unknown>);
    expect({ valid, errors, version: validator.version }).toEqual({
      valid: true,
      errors: undefined,
      version: '3.1',
    });
  });

  it('has each operation under a name of its own, and refers to nothing that is not there', () => {
    const names = operations().map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = operations().map(([route, { tags }]) => [route, tags.length]);
    expect(tags.filter(([, count]) => count !== 1)).toEqual([]);
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = ref
        .split('/')
        .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], document);
      expect([ref, found]).toEqual([ref, expect.any(Object)]);
    }
  });

  it('describes every route that is served, and no other', async () => {
    const told = () => server.logs.find((line) => line.startsWith('routes: '));
    await until(() => told() !== undefined);
    const served = (JSON.parse(told()!.slice('routes: '.length)) as string[]).filter(
      (route) => !/^(HEAD|OPTIONS) /.test(route) && !PAGES.has(route) && !FILES.test(route),
    );
    expect(
      operations()
        .map(([route]) => route)
        .sort(),
    ).toEqual([...new Set(served)].sort());
  });

  it('calls each failure the same', () => {
    for (const [route, { responses }] of operations()) {
      for (const [status, response] of Object.entries(responses)) {
        if (status < '400') continue;
        expect(`${route} ${status} ${JSON.stringify(resolved(response))}`).toMatch(
          /"\$ref":"#\/components\/schemas\/Failure"/,
        );
      }
    }

    function resolved({ $ref, ...response }: { $ref?: string }): unknown {
      return $ref === undefined ? response : document.components.responses[$ref.split('/').at(-1)!];
    }
  });
});

describe('what cannot be made up from a schema', () => {
  it('the demo project, its tail and its removal', async () => {
    expectDescribed('post', '/api/v1/demo', await api.post('/api/v1/demo'));
    const asked = await fetch(`${server.url}/api/v1/demo`, {
      method: 'DELETE',
      headers: { 'x-api-key': server.key },
    });
    const { status, headers } = asked;
    expectDescribed('delete', '/api/v1/demo', { status, headers, body: await asked.json() });
  });

  it('a tail, and what it refuses', async () => {
    const tail = await TailClient.open(server, 'prop.plan=pro');
    expect(tail.answer.headers['content-type']).toBe('text/event-stream');
    tail.close();
    for (const query of ['?event_type=none', '?last_event_id=x', '?unknown=1', '?prop.=1', '?project=none']) {
      const answer = await api.get(`/api/v1/logs/tail${query}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expectDescribed('get', '/api/v1/logs/tail', answer);
    }
    expectDescribed('get', '/api/v1/logs/tail', await api.get('/api/v1/logs/tail', { key: null }));
  });

  it('bodies that are compressed, in other formats, too large or of no known kind', async () => {
    const event = gzipSync(JSON.stringify(anEvent()));
    const gzip = { 'content-encoding': 'gzip' };
    const csv = { 'content-type': 'text/csv' };
    const asked: [string, unknown, Record<string, string>, number][] = [
      ['/api/v1/ingest', event, gzip, 201],
      ['/api/v1/ingest', event, { 'content-encoding': 'zstd' }, 415],
      ['/api/v1/ingest', 'a,b', csv, 415],
      ['/api/v1/session', { key: 'x'.repeat(4096) }, {}, 413],
      ['/api/v1/batch-ingest', { logs: [anEvent(), {}] }, {}, 201],
      ['/api/v1/batch-ingest', { logs: [anEvent(), {}] }, { prefer: 'handling=strict' }, 400],
      ['/logs', 'timestamp,ip,path\n2026-11-20T10:00:00Z,203.0.113.7,/\n', csv, 200],
      ['/logs', '{"ip":"203.0.113.7"}\n{"ip":"::1"}\n', { 'content-type': 'application/x-ndjson' }, 200],
      ['/logs', [{ ip: '::1' }], { 'idempotency-key': 'one' }, 200],
      ['/logs', [{ ip: '::2' }], { 'idempotency-key': 'one' }, 409],
      ['/upload', ['2026-11-20T10:00:00Z ::1 get / 200 1.5ms'], {}, 200],
    ];
    for (const [path, body, headers, status] of asked) {
      const answer = await api.post(path, body, { headers });
      expect([path, answer.status]).toEqual([path, status]);
      expectDescribed('post', path, answer);
    }
  });

  it('a page of a cursor, and prop. parameters', async () => {
    await api.post('/api/v1/batch-ingest', {
      logs: [1, 2].map((level) => anEvent({ properties: { cart: { level, paged: 'yes' } } })),
    });
    const path = '/api/v1/logs/filter';
    const first = await api.get(`${path}?prop.cart.paged=yes&page_size=1`);
    expectDescribed('get', path, first);
    const cursor = encodeURIComponent(first.body.data.next_cursor as string);
    const second = await api.get(`${path}?prop.cart.paged=yes&page_size=1&cursor=${cursor}`);
    expectDescribed('get', path, second);
    expect(second.body.data).toMatchObject({ logs: [expect.anything()], next_cursor: null });
  });

  it('a health that is degraded', async () => {
    const other = await startServer({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    try {
      const answer = await apiOf(other).get('/health', { key: null });
      expect(answer.status).toBe(206);
      expectDescribed('get', '/health', answer);
    } finally {
      await other.stop();
    }
  });
});
