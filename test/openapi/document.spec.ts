import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, type FormatConfig } from 'oxfmt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_PATHS } from '../../src/dashboard/pages.js';
import { anEvent, apiOf, type Answer, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { TailClient } from '../support/tail-client.js';
import { until } from '../support/until.js';

const FORMAT = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatConfig;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PAGES = new Set(PAGE_PATHS.map((path) => `GET ${path}`));
/** The files of the pages, and the documents themselves. */
const FILES = /^GET \/(assets\/\*|favicon\.svg|docs(\/.*)?|openapi\.json)$/;
const TYPES = 'web/src/kit/api/schema.d.ts';
/** Where beacons come from. */
const PAGE = 'https://shop.example';

/** Clients are generated from these names: one that changes breaks who uses them. */
const OPERATIONS = {
  'POST /api/v1/ingest': 'ingestEvent',
  'POST /api/v1/batch-ingest': 'ingestEvents',
  'POST /api/v1/beacon': 'sendBeacon',
  'GET /api/v1/logs/recent': 'listRecentEvents',
  'GET /api/v1/logs/filter': 'filterEvents',
  'GET /api/v1/logs/export': 'exportEvents',
  'GET /api/v1/logs/tail': 'tailEvents',
  'GET /api/v1/events/:event_id': 'getEvent',
  'GET /api/v1/metrics': 'getEventMetrics',
  'GET /api/v1/status': 'getStatus',
  'GET /api/v1/stats': 'getEventSeries',
  'GET /api/v1/stats/top': 'getTopEventValues',
  'POST /logs': 'ingestAccessEntries',
  'POST /upload': 'ingestAccessLines',
  'GET /logs': 'listAccessEntries',
  'GET /stats': 'getAccessStats',
  'GET /analytics': 'getAccessSummary',
  'GET /api/v1/access/stats': 'getAccessSeries',
  'GET /api/v1/access/top': 'getTopAccessValues',
  'POST /api/v1/session': 'logIn',
  'GET /api/v1/session': 'getSession',
  'DELETE /api/v1/session': 'logOut',
  'POST /api/v1/keys': 'createKey',
  'GET /api/v1/keys': 'listKeys',
  'POST /api/v1/keys/:id/revoke': 'revokeKey',
  'POST /api/v1/keys/:id/rotate': 'rotateKey',
  'POST /api/v1/keys/rotate': 'rotateOwnKey',
  'GET /api/v1/projects': 'listProjects',
  'GET /api/v1/audit': 'listAuditEntries',
  'GET /api/v1/dead-letters': 'listDeadLetters',
  'GET /api/v1/dead-letters/:id': 'getDeadLetter',
  'POST /api/v1/dead-letters/:id/drop': 'dropDeadLetter',
  'POST /api/v1/dead-letters/:id/replay': 'replayDeadLetter',
  'POST /api/v1/dead-letters/replay': 'replayDeadLetters',
  'POST /api/v1/demo': 'createDemo',
  'DELETE /api/v1/demo': 'removeDemo',
  'GET /api/v1/system': 'getSystem',
  'GET /health': 'getHealth',
  'GET /readiness': 'getReadiness',
  'GET /liveness': 'getLiveness',
  'GET /metrics': 'getServerMetrics',
};

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- parsed JSON */
type Schema = Record<string, any>;
type Content = Record<
  string,
  { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> }
>;

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: { name?: string; in?: string }[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

let server: TestServer;
let api: Api;
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- parsed JSON: what a test expects of it is its type */
let document: any;
let ajv: Ajv2020;

beforeAll(async () => {
  server = await startServer({
    env: { BEACON_ORIGINS: PAGE, NODE_OPTIONS: '--import ./test/openapi/tell-routes.mjs' },
  });
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
  expect(errorsOf(body, [...at, 'content', mediaType, 'schema'])).toBeNull();
}

async function typesOf(schemas: object): Promise<string> {
  const info = { title: 'Sightline', version: '' };
  const described = { openapi: '3.1.0', info, paths: {}, components: { schemas } };
  // The order of a union's words is the compiler's, and changes with what else it reads.
  const source = JSON.stringify(described, (key, value: unknown) =>
    key === 'enum' && Array.isArray(value) ? value.toSorted() : value,
  );
  const names = { rootTypes: true, rootTypesNoSchemaPrefix: true };
  const nodes = await openapiTS(source, { ...names, alphabetize: true, defaultNonNullable: false });
  const head = '// Made by `npm run api:types`: what the server answers, as its OpenAPI document says.';
  const { code } = await format(TYPES, `${head}\n${astToString(nodes)}`, FORMAT);
  return code;
}

/** What a value lacks of the schema that stands there in the document. */
function errorsOf(value: unknown, at: readonly string[]): unknown {
  const validate = ajv.compile({ $ref: pointerTo(...at) });
  validate(value);
  return validate.errors ?? null;
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

  it('has each operation under a name that stays', () => {
    const names = Object.fromEntries(operations().map(([route, { operationId }]) => [route, operationId]));
    expect(names).toEqual(OPERATIONS);
    expect(new Set(Object.values(names)).size).toBe(operations().length);
  });

  it('says what each operation does, by a title and by a text of its own', () => {
    for (const [route, { summary, description }] of operations()) {
      expect([route, summary]).toEqual([route, expect.stringMatching(/^[A-Z].{10,110}[^.]$/)]);
      expect([route, description]).toEqual([route, expect.stringMatching(/^[A-Z`][^]{20,}\.$/)]);
    }
    expect(new Set(operations().map(([, { description }]) => description)).size).toBe(operations().length);
  });

  it('says which scope a key needs: none without it is let in', async () => {
    const keyOf = async (...scopes: string[]) =>
      (await api.post('/api/v1/keys', { name: 'one', scopes })).body.data.key as string;
    const others: Record<string, string> = {
      ingest: await keyOf('query'),
      query: await keyOf('ingest'),
      admin: await keyOf('ingest', 'query'),
    };
    const queryKey = others.ingest;
    for (const [route, { operationId, security, description }] of operations()) {
      if (security === undefined) continue;
      const [scope] = security[0].key;
      if (operationId === 'rotateOwnKey') continue; // any scope will do
      expect([route, description]).toEqual([route, expect.stringContaining(`scope \`${scope}\``)]);
      const [method, path] = route.split(' ');
      const ask = async (key: string) => {
        const headers = { 'x-api-key': key };
        const answer = await fetch(server.url + path.replace(':', ''), { method, headers });
        await answer.body?.cancel();
        return `${route} ${answer.status}`;
      };
      expect(await ask(others[scope])).toMatch(/ 403$/);
      if (scope === 'query' && method === 'GET') expect(await ask(queryKey)).not.toMatch(/ 40[13]$/);
    }
  });

  it('has of each operation the failures that it may answer, and no others', () => {
    for (const [route, { operationId, security, parameters = [], responses }] of operations()) {
      const failures = Object.keys(responses).filter((status) => status >= '400');
      const takesKey = security !== undefined || operationId === 'logIn';
      const isRepeatable = parameters.some(({ name }) => name === 'Idempotency-Key');
      const expected = [400, 408, 429, 431, 500, 503]
        .concat(takesKey ? [401, 403, 404] : [])
        .concat(route.startsWith('GET') ? [] : [413, 415])
        .concat(isRepeatable ? [409] : []);
      expect([route, ...failures]).toEqual([route, ...expected.map(String).sort()]);
    }
  });

  it('has a name for each object that is sent or answered', () => {
    const unnamed = operations().flatMap(([route, { requestBody, responses }]) =>
      [requestBody, ...Object.values(responses)].flatMap((described) =>
        Object.values(described?.content ?? {}).flatMap(({ schema }) => unnamedIn(schema, route)),
      ),
    );
    expect(unnamed).toEqual([]);

    function unnamedIn(schema: Schema, where: string): string[] {
      const { data, next_cursor: _, ...others } = (schema.properties ?? {}) as Record<string, Schema>;
      // The envelope of an answer is no object of its own.
      if (Object.keys(others).join() === 'success,message') return unnamedIn(data, `${where} data`);
      if (schema.properties) return [`${where}: ${Object.keys(schema.properties as object).join()}`];
      const parts = [...(schema.oneOf ?? schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
      return parts.flatMap((part: Schema) => unnamedIn(part, where));
    }
  });

  it('shows answers that are as it says', () => {
    const shown = operations().flatMap(([route, { responses }]) =>
      Object.entries(responses).flatMap(([status, response]) =>
        Object.entries(response.content ?? {}).flatMap(([mediaType, { example, examples = {} }]) =>
          [example, ...Object.values(examples).map(({ value }) => value)]
            .filter((value) => value !== undefined)
            .map((value) => ({ route, status, mediaType, value })),
        ),
      ),
    );
    expect(shown.length).toBeGreaterThan(20);
    for (const { route, status, mediaType, value } of shown) {
      const [method, path] = route.split(' ');
      const at = ['paths', path.replaceAll(/:(\w+)/g, '{$1}'), method.toLowerCase(), 'responses', status];
      expect([route, errorsOf(value, [...at, 'content', mediaType, 'schema'])]).toEqual([route, null]);
    }
  });

  it('shows bodies that are accepted', async () => {
    const pageKey = (await api.post('/api/v1/keys', { name: 'page', scopes: ['ingest'] })).body.data
      .key as string;
    for (const [route, { requestBody }] of operations()) {
      for (const [mediaType, content] of Object.entries(requestBody?.content ?? {})) {
        const body = exampleOf(content);
        // No key that is printed is one of a server's.
        const sent = route.endsWith('/session') ? { ...(body as object), key: server.key } : body;
        const headers = { 'content-type': mediaType };
        const { status } = route.endsWith('/beacon')
          ? await api.post(`/api/v1/beacon?key=${pageKey}`, sent, {
              key: null,
              headers: { ...headers, origin: PAGE },
            })
          : await api.post(route.split(' ')[1], sent, { headers });
        expect(`${route} ${mediaType}: ${status}`).toMatch(/: 20[01]$/);
      }
    }

    /** The one that is written down, or what the examples of the fields come to, as Swagger UI shows it. */
    function exampleOf({ example, schema }: Content[string]): unknown {
      return example ?? exampleOfSchema(schema);
    }
    function exampleOfSchema(schema: Schema): unknown {
      const { $ref, example, examples, properties, oneOf, anyOf, items } = schema;
      if ($ref) return exampleOfSchema(document.components.schemas[$ref.split('/').at(-1)] as Schema);
      if (example ?? examples) return example ?? examples[0];
      if (oneOf ?? anyOf) return exampleOfSchema((oneOf ?? anyOf)[0] as Schema);
      if (items) return [exampleOfSchema(items as Schema)];
      const fields = Object.entries((properties ?? {}) as Record<string, Schema>);
      const shown = fields.map(([name, field]) => [name, exampleOfSchema(field)]);
      return properties && Object.fromEntries(shown.filter(([, value]) => value !== undefined));
    }
  });

  it('has each operation under one heading, and refers to nothing that is not there', () => {
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
    const described = operations().map(([route]) => route);
    expect(described.sort()).toEqual([...new Set(served)].sort());
  });

  it("is what the dashboard's types were made of, by `npm run api:types`", async () => {
    const types = await typesOf(document.components.schemas as object);
    if (process.env.API_TYPES === 'write') writeFileSync(TYPES, types);
    expect(readFileSync(TYPES, 'utf8')).toBe(types);
  });

  it('calls each failure the same, by its meaning', () => {
    expect(Object.keys(document.components.responses as object)).toContain('KeyNotFound');
    expect(JSON.stringify(document)).not.toMatch(/x-component-name|Failure\d+_/);
    for (const [route, { responses }] of operations()) {
      for (const [status, response] of Object.entries(responses as Record<string, object>)) {
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
