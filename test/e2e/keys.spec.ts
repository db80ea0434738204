import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyView, NewKeyView } from '../../src/auth/key.dto.js';
import { apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase } from '../support/database.js';
import { beforeItExpires } from '../support/expiring.js';
import { startServer, type TestServer } from '../support/server.js';
import { SOON_MS, until } from '../support/until.js';

interface Answer<T> {
  status: number;
  headers: Headers;
  body: { data: T; message: string; error?: string; details?: { field: string }[]; request_id?: string };
}

const ask = <T = unknown>(
  of: TestServer,
  path: string,
  key: string | null,
  body?: unknown,
): Promise<Answer<T>> =>
  body === undefined ? apiOf(of).get(path, { key }) : apiOf(of).post(path, body, { key });

const recent = (server: TestServer, key: string | null, query = '') =>
  ask(server, `/api/v1/logs/recent${query}`, key);

async function createKey(server: TestServer, fields: object = {}): Promise<NewKeyView> {
  const request = { name: 'made', scopes: ['ingest', 'query'], ...fields };
  const { status, body } = await ask<NewKeyView>(server, '/api/v1/keys', server.key, request);
  expect(status).toBe(201);
  return body.data;
}

/** Raw headers, which fetch would join. */
function statusOf(server: TestServer, headers: string[], path = '/api/v1/logs/recent'): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { headers: ['host', 'x', ...headers] }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

let server: TestServer;
/** A second process on the same database. */
let other: TestServer;

beforeAll(async () => {
  server = await startServer();
  other = await startServer({ env: { DATABASE_URL: server.databaseUrl } });
});

afterAll(async () => {
  await other.stop();
  await server.stop();
});

describe('a key', () => {
  it('is taken from X-API-Key and from Authorization', async () => {
    const { key } = server;
    for (const headers of [
      ['X-API-Key', key],
      ['Authorization', `Bearer ${key}`],
      ['authorization', `bearer ${key}`],
      ['Authorization', key],
      ['X-API-Key', key, 'Authorization', `Bearer ${key}`],
    ]) {
      expect(await statusOf(server, headers)).toBe(200);
    }
    expect(await statusOf(server, ['X-API-Key', key, 'Authorization', 'Bearer other'])).toBe(401);
    expect(await statusOf(server, ['Authorization', `Bearer ${key}`, 'Authorization', 'Bearer other'])).toBe(
      401,
    );
  });

  it('is refused in the same words whatever is wrong with it', async () => {
    const revoked = await createKey(server);
    await ask(server, `/api/v1/keys/${revoked.id}/revoke`, server.key, {});
    const { expiresAtMs, result: expired } = await beforeItExpires(async (expiresAt) => {
      const fields = { name: 'brief', scopes: ['query'], expires_at: expiresAt };
      const { status, body } = await ask<NewKeyView>(server, '/api/v1/keys', server.key, fields);
      return status === 201 ? body.data : null;
    });
    await until(() => Date.now() > expiresAtMs);
    const answers = [
      await recent(server, null),
      await recent(server, 'unknown'),
      await recent(server, revoked.key),
      await recent(server, expired.key),
      await recent(server, server.key, `?api_key=${server.key}`),
      await recent(server, null, `?access_token=${server.key}`),
    ];
    const bodies = answers.map(({ body }) => ({ ...body, request_id: undefined }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    for (const body of bodies) expect(body).toEqual({ ...bodies[0], error: 'unauthorized', details: [] });
  });

  it('is asked for before a body is read', async () => {
    const post = (key: string | null) => apiOf(server).post('/api/v1/ingest', '{', { key });
    expect((await post(null)).status).toBe(401);
    expect((await post('unknown')).status).toBe(401);
    expect((await post(server.key)).body).toMatchObject({ error: 'invalid_json' });
  });

  it('does what its scopes say and nothing else', async () => {
    const event = { event_id: 'e1', event_type: 'behavioral', event_name: 'tap' };
    const ingest = await createKey(server, { scopes: ['ingest'] });
    const query = await createKey(server, { scopes: ['query'] });
    const admin = await createKey(server, { scopes: ['admin'] });
    const statuses = async ({ key }: NewKeyView) => [
      (await ask(server, '/api/v1/ingest', key, event)).status,
      (await recent(server, key)).status,
      (await ask(server, '/api/v1/keys', key)).status,
    ];
    expect(await statuses(ingest)).toEqual([201, 403, 403]);
    expect(await statuses(query)).toEqual([403, 200, 403]);
    expect(await statuses(admin)).toEqual([201, 200, 200]);
  });

  it('sees its own project only; an admin names any', async () => {
    const shop = await createKey(server, { project: 'shop' });
    const event = { event_id: 'of the shop', event_type: 'behavioral', event_name: 'sale' };
    await ask(server, '/api/v1/ingest', shop.key, event);
    const seen = async (key: string, query = '') => {
      const { body } = await recent(server, key, query);
      return (body.data as { event_id: string }[]).some(({ event_id }) => event_id === 'of the shop');
    };
    expect(await seen(shop.key)).toBe(true);
    expect(await seen(shop.key, '?project=shop')).toBe(true);
    expect(await seen(server.key)).toBe(false);
    expect(await seen(server.key, '?project=shop')).toBe(true);
    // Left empty it is not given.
    expect((await recent(server, shop.key, '?project=')).status).toBe(200);
    expect((await recent(server, server.key, '?project=')).status).toBe(200);
    expect(await recent(server, shop.key, '?project=default')).toMatchObject({
      status: 403,
      body: { error: 'forbidden' },
    });
    expect(await recent(server, server.key, '?project=nobody')).toMatchObject({
      status: 404,
      body: { error: 'not_found', details: [{ field: 'project' }] },
    });
  });

  it('works in every process at once, and in none soon after its revocation', async () => {
    const made = await createKey(server);
    expect((await recent(other, made.key)).status).toBe(200);
    await ask(server, `/api/v1/keys/${made.id}/revoke`, server.key, {});
    expect((await recent(server, made.key)).status).toBe(401);
    await until(async () => (await recent(other, made.key)).status === 401, SOON_MS);
  });

  it('has its use counted in the background', async () => {
    const made = await createKey(server);
    for (let i = 0; i < 3; i++) await recent(server, made.key);
    const listed = async () => {
      const { body } = await ask<KeyView[]>(server, '/api/v1/keys', server.key);
      return body.data.find(({ id }) => id === made.id);
    };
    await until(async () => (await listed())?.usage_count === 3);
    expect(Date.parse((await listed())?.last_used_at ?? '')).toBeGreaterThan(
      Date.parse(made.created_at) - 1_000,
    );
  });
});

describe('the routes of keys', () => {
  it('show a key once, and neither it nor its digest again', async () => {
    const expiresAt = '2099-01-31T00:00:00.000Z';
    const made = await createKey(server, {
      name: 'ios',
      project: 'shown',
      expires_at: expiresAt,
      rate_limit_per_minute: 600,
    });
    expect(made.key).toMatch(/^sl_[0-9A-Za-z]{43}$/);
    expect(made).toMatchObject({
      name: 'ios',
      project: 'shown',
      state: 'active',
      expires_at: expiresAt,
      rate_limit_per_minute: 600,
    });
    const { body } = await ask<KeyView[]>(server, '/api/v1/keys?project=shown', server.key);
    const { key, ...rest } = made;
    expect(body.data).toEqual([rest]);
    expect(key.startsWith(rest.prefix)).toBe(true);
  });

  it.each([
    [{}, ['name', 'scopes']],
    [{ name: 'a', scopes: [] }, ['scopes']],
    [{ name: 'a', scopes: ['root'] }, ['scopes']],
    [{ name: 'a', scopes: ['query'], project: '../x' }, ['project']],
    [{ name: 'a', scopes: ['query'], expires_at: 'tomorrow' }, ['expires_at']],
    [{ name: 'a', scopes: ['query'], expires_at: '2020-01-01T00:00:00Z' }, ['expires_at']],
    [{ name: 'a', scopes: ['query'], rate_limit_per_minute: 0 }, ['rate_limit_per_minute']],
    [{ name: 'a', scopes: ['query'], rate_limit: 5 }, ['rate_limit']],
    [[], ['name', 'scopes']],
  ])('refuse %j by its fields', async (request, fields) => {
    const { status, body } = await ask(server, '/api/v1/keys', server.key, request);
    expect([status, body.error]).toEqual([400, 'validation_error']);
    expect(body.details?.map(({ field }) => field)).toEqual(fields);
  });

  it('tell of a field that is missing that, and not what its text must not hold', async () => {
    const { body } = await ask(server, '/api/v1/keys', server.key, {});
    expect(body.details).toEqual([
      { field: 'name', message: 'is required' },
      { field: 'scopes', message: 'is required' },
    ]);
  });

  it('say so of a field that they do not know', async () => {
    const request = { name: 'a', scopes: ['query'], rate_limit: 5 };
    const { body } = await ask(server, '/api/v1/keys', server.key, request);
    expect(body.details).toEqual([{ field: 'rate_limit', message: 'is not known' }]);
  });

  it('know no key that is not there', async () => {
    for (const id of ['x', '00000000-0000-4000-8000-000000000000']) {
      expect((await ask(server, `/api/v1/keys/${id}/revoke`, server.key, {})).status).toBe(404);
      expect((await ask(server, `/api/v1/keys/${id}/rotate`, server.key, {})).status).toBe(404);
    }
    const shop = await createKey(server, { project: 'shop' });
    expect((await ask(server, `/api/v1/keys/${shop.id}/revoke?project=default`, server.key, {})).status).toBe(
      404,
    );
  });

  it('rotate: both keys work, and the old one has a successor', async () => {
    const old = await createKey(server, { scopes: ['query'] });
    const { status, body } = await ask<NewKeyView>(server, `/api/v1/keys/${old.id}/rotate`, server.key, {});
    expect(status).toBe(201);
    expect((await recent(other, body.data.key)).status).toBe(200);
    expect((await recent(other, old.key)).status).toBe(200);
    const listed = await ask<KeyView[]>(server, '/api/v1/keys', server.key);
    expect(listed.body.data.find(({ id }) => id === old.id)).toMatchObject({
      state: 'rotating',
      successor_id: body.data.id,
    });
    expect((await ask(server, `/api/v1/keys/${old.id}/rotate`, server.key, {})).status).toBe(400);
  });

  it('let a key rotate itself only if it was made so', async () => {
    const plain = await createKey(server, { scopes: ['admin'] });
    expect((await ask(server, '/api/v1/keys/rotate', plain.key, {})).status).toBe(403);
    const own = await createKey(server, { scopes: ['query'], self_rotate: true });
    const { status, body } = await ask<NewKeyView>(server, '/api/v1/keys/rotate', own.key, {});
    expect(status).toBe(201);
    expect((await recent(server, body.data.key)).status).toBe(200);
  });
});

describe('settings of keys', () => {
  it('ANONYMOUS_SCOPES are those of a request without a key', async () => {
    const open = await startServer({ env: { ANONYMOUS_SCOPES: 'query' } });
    try {
      expect((await recent(open, null)).status).toBe(200);
      expect((await recent(open, 'unknown')).status).toBe(401);
      expect((await ask(open, '/api/v1/ingest', null, {})).status).toBe(403);
      expect((await ask(open, '/api/v1/keys/rotate', null, {})).status).toBe(403);
    } finally {
      await open.stop();
    }
  });

  it('ENABLE_API_KEY_ROTATION tells of old keys', async () => {
    const rotating = await startServer({
      env: {
        ENABLE_API_KEY_ROTATION: 'true',
        API_KEY_ROTATION_INTERVAL_HOURS: '0',
        API_KEY_ROTATION_GRACE_HOURS: '0',
      },
    });
    try {
      const answer = await ask<KeyView[]>(rotating, '/api/v1/keys', rotating.key);
      expect(answer.headers.get('x-api-key-rotate')).toBe('due');
      expect(answer.body.data[0].rotation_due).toBe(true);
      expect(await (await fetch(`${rotating.url}/metrics`)).text()).toContain('\napi_keys_rotation_due 1\n');
      const own = await createKey(rotating, { self_rotate: true });
      await ask(rotating, '/api/v1/keys/rotate', own.key, {});
      expect((await recent(rotating, own.key)).status).toBe(401);
    } finally {
      await rotating.stop();
    }
  });

  it('known keys work while the database is away, unknown ones get 503', async () => {
    const lonely = await startServer({ env: { KEY_CACHE_STALE_SECONDS: '3' } });
    const admin = new pg.Client(process.env.TEST_POSTGRES_URL);
    await admin.connect();
    const name = new URL(lonely.databaseUrl).pathname.slice(1);
    const ingest = (key: string) => ask(lonely, '/api/v1/keys/rotate', key, {});
    try {
      const known = await createKey(lonely);
      expect((await ingest(known.key)).status).toBe(403);
      await admin.query(`alter database ${name} allow_connections false`);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      const awayAtMs = performance.now();
      await until(async () => (await ingest('unknown')).body.error === 'storage_unavailable');
      await until(async () => (await ingest(known.key)).status === 503);
      // known for 3 s after they were read last, which was not long before
      expect(performance.now() - awayAtMs).toBeGreaterThan(2_000);
      await admin.query(`alter database ${name} allow_connections true`);
      await until(async () => (await ingest(known.key)).status === 403);
      expect((await ingest('unknown')).status).toBe(401);
    } finally {
      await admin.end();
      await lonely.stop();
    }
  });
});

describe('the first key', () => {
  it('is made once, kept for its owner, and not shown again once it is revoked', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sightline-first-'));
    const database = await cloneDatabase();
    const start = () => startServer({ env: { API_KEYS: '', DATA_DIR: dataDir, DATABASE_URL: database.url } });
    try {
      const servers = await Promise.all([start(), start()]);
      const file = join(dataDir, 'api-key');
      const key = readFileSync(file, 'utf8').trim();
      expect(statSync(file).mode & 0o777).toBe(0o600);
      for (const each of servers) expect(each.logs.join('\n')).toContain(key);
      const { body } = await ask<KeyView[]>(servers[0], '/api/v1/keys', key);
      expect(body.data.map(({ scopes }) => scopes)).toEqual([['ingest', 'query', 'admin']]);
      await ask(servers[0], `/api/v1/keys/${body.data[0].id}/revoke`, key, {});
      await Promise.all(servers.map((each) => each.stop()));
      const again = await start();
      expect(again.logs.join('\n')).not.toContain(key);
      expect((await recent(again, key)).status).toBe(401);
      await again.stop();
    } finally {
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('sightline keys', () => {
  const keys = (...args: string[]) => sightline(['keys', ...args], { DATABASE_URL: server.databaseUrl }).done;

  it('makes, lists, rotates and revokes while the server runs', async () => {
    const options = ['--name', 'cli', '--project', 'cli', '--scopes', 'query', '--rate-limit', '60'];
    const made = JSON.parse((await keys('create', ...options, '--json')).stdout) as NewKeyView;
    expect(made).toMatchObject({ project: 'cli', scopes: ['query'], rate_limit_per_minute: 60 });
    expect((await recent(server, made.key)).status).toBe(200);
    const successor = JSON.parse((await keys('rotate', made.id, '--json')).stdout) as NewKeyView;
    expect(await keys('revoke', made.id)).toMatchObject({ code: 0 });
    await until(async () => (await recent(server, made.key)).status === 401);
    expect((await recent(server, successor.key)).status).toBe(200);
    const table = (await keys('list', '--project', 'cli')).stdout.trimEnd().split('\n');
    expect(table[0]).toMatch(/^id +name +project +prefix +scopes +state/);
    expect(table.slice(1).map((line) => line.split(/ +/).slice(0, 6))).toEqual([
      [made.id, 'cli', 'cli', made.prefix, 'query', 'revoked'],
      [successor.id, 'cli', 'cli', successor.prefix, 'query', 'active'],
    ]);
  });

  it('says in one line what is wrong', async () => {
    expect(await keys('create', '--name', 'x', '--scopes', 'root')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sightline: scopes: .*\n$/),
    });
    expect(await keys('revoke', 'x')).toMatchObject({
      code: 1,
      stderr: 'sightline: There is no such key.\n',
    });
  });
});
