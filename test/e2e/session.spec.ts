import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewKeyView } from '../../src/auth/key.dto.js';
import { apiOf } from '../support/api.js';
import { beforeItExpires } from '../support/expiring.js';
import { startServer, type TestServer } from '../support/server.js';
import { browse, cookieOf, logIn, type BrowserAnswer, type BrowserRequest } from '../support/session.js';
import { SOON_MS, until } from '../support/until.js';

const FORGED = 'sightline_session=Zm9yZ2VkLWZvcmdlZC1mb3JnZWQtZm9yZ2VkLWZvcmc';

let server: TestServer;
/** A second process on the same database. */
let other: TestServer;

beforeAll(async () => {
  server = await startServer({ env: { REQUEST_LOG: 'all', LOG_LEVEL: 'trace' } });
  other = await startServer({ env: { DATABASE_URL: server.databaseUrl } });
});

afterAll(async () => {
  await other.stop();
  await server.stop();
});

async function createKey(fields: object = {}): Promise<NewKeyView> {
  const { status, body } = await apiOf(server).post('/api/v1/keys', {
    name: 'k',
    scopes: ['query'],
    ...fields,
  });
  expect(status).toBe(201);
  return (body as { data: NewKeyView }).data;
}

const session = (request: BrowserRequest = {}, of = server): Promise<BrowserAnswer> =>
  browse(`${of.url}/api/v1/session`, request);
const post = (body: unknown, headers?: Record<string, string>) => session({ method: 'POST', body, headers });
const outcome = ({ status, body }: BrowserAnswer) => [status, (body as { error?: string }).error];

/** Waits until a session is refused by both servers. */
async function untilOver({ cookie }: { cookie: string }): Promise<void> {
  for (const one of [server, other])
    await until(async () => (await session({ headers: { cookie } }, one)).status === 401, SOON_MS);
}

describe('logging in', () => {
  it('exchanges a key for a cookie that scripts and other sites have no use of', async () => {
    const key = await createKey({ name: 'eve', project: 'shop' });
    const answer = await post({ key: key.key });
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^sightline_session=[\w-]{43}; Max-Age=(43200|43199); Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { expires_at: expiresAt, ...view } = answer.body.data as Record<string, unknown>;
    expect(view).toEqual({
      key: { id: key.id, name: 'eve', prefix: key.prefix },
      project: 'shop',
      scopes: ['query'],
      projects: ['shop'],
    });
    expect(Date.parse(expiresAt as string) - Date.now()).toBeGreaterThan(43_000_000);
    const known = await session({ headers: { cookie: cookieOf(answer.headers) } });
    expect(known.body.data).toEqual(answer.body.data);
  });

  it('keeps nothing of the token but its digest, and logs neither token nor key', async () => {
    const { cookie } = await logIn(server.url, server.key);
    const [, token] = cookie.split('=');
    const database = new pg.Client(server.databaseUrl);
    await database.connect();
    const { rows } = await database.query<{ digest: string }>(
      `select encode(digest, 'hex') as digest from sessions`,
    );
    const { rows: whole } = await database.query<{ row: string }>('select s::text as row from sessions s');
    await database.end();
    expect(rows.map(({ digest }) => digest)).toContain(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(whole)).not.toContain(token);
    await post({ key: 'a-wrong-key-of-somebody' });
    await until(() => server.logs.some((line) => line.includes('"/api/v1/session"')));
    const logs = server.logs.join('\n');
    for (const secret of [token, server.key, 'a-wrong-key-of-somebody']) expect(logs).not.toContain(secret);
  });

  it('refuses what is no key, in the words of every route', async () => {
    const revoked = await createKey();
    await apiOf(server).post(`/api/v1/keys/${revoked.id}/revoke`, {});
    const refused = [
      await post({ key: 'unknown' }),
      await post({ key: revoked.key }),
      await post({ key: 'x'.repeat(257) }),
      await post({ key: server.key }, { 'x-api-key': revoked.key }),
      await browse(`${server.url}/api/v1/session?key=${server.key}`, {
        method: 'POST',
        body: { key: server.key },
      }),
      await session(),
    ];
    const bodies = refused.map(({ body }) => ({ ...(body as object), request_id: undefined }));
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 401));
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    for (const { headers } of refused) expect(headers['set-cookie']).toBeUndefined();
  });

  it('names what is wrong with a body, and reads no long one', async () => {
    for (const body of [{}, { key: '' }, { key: 7 }, [], 'text', null]) {
      const answer = await post(body);
      expect(outcome(answer)).toEqual([400, 'validation_error']);
      expect(answer.body.details).toEqual([{ field: 'key', message: expect.any(String) }]);
    }
    expect(outcome(await post({ key: 'x'.repeat(3_000) }))).toEqual([413, 'request_too_large']);
  });

  it('is for keys that may query', async () => {
    const { key } = await createKey({ scopes: ['ingest'] });
    expect(outcome(await post({ key }))).toEqual([403, 'forbidden']);
    const admin = await createKey({ scopes: ['admin'] });
    const { status, body } = await post({ key: admin.key });
    expect([status, (body.data.projects as string[]).includes('default')]).toEqual([201, true]);
  });

  it("is for the server's own pages", async () => {
    const body = { key: server.key };
    expect(outcome(await post(body, { origin: 'http://evil.test' }))).toEqual([403, 'forbidden']);
    expect(outcome(await post(body, { 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'forbidden']);
    expect((await post(body, { origin: server.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('takes over no token that was there before, and ends the session that it replaces', async () => {
    const planted = await post({ key: server.key }, { cookie: FORGED });
    expect(cookieOf(planted.headers)).not.toBe(FORGED);
    expect((await session({ headers: { cookie: FORGED } })).status).toBe(401);
    const cookie = cookieOf(planted.headers);
    const again = cookieOf((await post({ key: server.key }, { cookie })).headers);
    expect((await session({ headers: { cookie } })).status).toBe(401);
    expect((await session({ headers: { cookie: again } })).status).toBe(200);
  });

  it('gives a key a hundred sessions at most', async () => {
    const { key } = await createKey();
    const first = await logIn(server.url, key);
    for (let n = 0; n < 100; n++) await logIn(server.url, key);
    expect((await session({ headers: first })).status).toBe(401);
  });
});

describe('a session', () => {
  it('does what its key does, and no more', async () => {
    const key = await createKey({ project: 'shop' });
    const headers = await logIn(server.url, key.key);
    const get = (path: string) => browse(server.url + path, { headers });
    expect((await get('/api/v1/logs/recent')).status).toBe(200);
    expect((await get('/stats')).status).toBe(200);
    expect(outcome(await get('/api/v1/logs/recent?project=default'))).toEqual([403, 'forbidden']);
    expect(outcome(await get('/api/v1/keys'))).toEqual([403, 'forbidden']);
    expect(outcome(await get('/api/v1/projects'))).toEqual([403, 'forbidden']);
  });

  it('gives way to a key in a header', async () => {
    const shop = await createKey({ project: 'shop' });
    const headers = { ...(await logIn(server.url, server.key)), 'x-api-key': shop.key };
    expect((await session({ headers })).body.data).toMatchObject({ project: 'shop', expires_at: null });
    expect((await session({ headers: { ...headers, 'x-api-key': 'wrong' } })).status).toBe(401);
  });

  it("changes nothing but for the server's own pages", async () => {
    const { cookie } = await logIn(server.url, server.key);
    const change = async (headers: Record<string, string>) => {
      const body = { name: 'made', scopes: ['query'] };
      const answer = await browse(`${server.url}/api/v1/keys`, {
        method: 'POST',
        body,
        headers: { cookie, ...headers },
      });
      return answer.status;
    };
    expect(await change({ origin: server.url })).toBe(201);
    expect(await change({ 'sec-fetch-site': 'same-origin' })).toBe(201);
    expect(await change({ origin: 'http://stats.test', host: 'stats.test' })).toBe(201);
    expect(await change({})).toBe(403);
    expect(await change({ origin: 'null' })).toBe(403);
    expect(await change({ origin: 'http://evil.test' })).toBe(403);
    expect(await change({ origin: server.url.replace('http:', 'ftp:') })).toBe(403);
    expect(await change({ origin: server.url, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await change({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await change({ 'sec-fetch-site': 'none' })).toBe(403);
    // nobody believes these without TRUSTED_PROXIES
    expect(await change({ origin: 'http://evil.test', 'x-forwarded-host': 'evil.test' })).toBe(403);
  });

  it('tells a page of another origin nothing', async () => {
    const { cookie } = await logIn(server.url, server.key);
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.test' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      expect((await session({ headers: { cookie, ...headers } })).status).toBe(403);
    }
    expect((await session({ headers: { cookie, 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  it('ends everywhere when it is logged out', async () => {
    const headers = await logIn(server.url, server.key);
    const { cookie } = headers;
    expect((await session({ headers: { cookie } }, other)).status).toBe(200);
    const answer = await session({ method: 'DELETE', headers });
    expect([answer.status, answer.body]).toEqual([200, { success: true, message: 'Logged out', data: null }]);
    expect(answer.headers['set-cookie']).toEqual([
      'sightline_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    await untilOver(headers);
    expect((await session({ method: 'DELETE', headers })).status).toBe(401);
  });

  it('ends everywhere with its key, and with that alone', async () => {
    const [bad, good] = [await createKey(), await createKey()];
    const [ending, { cookie }] = [await logIn(server.url, bad.key), await logIn(server.url, good.key)];
    await apiOf(server).post(`/api/v1/keys/${bad.id}/revoke`, {});
    await untilOver(ending);
    for (const one of [server, other]) expect((await session({ headers: { cookie } }, one)).status).toBe(200);
  });

  it('ends with the time of its key', async () => {
    const { expiresAtMs, result: cookie } = await beforeItExpires(async (expiresAt) => {
      const fields = { name: 'brief', scopes: ['query'], expires_at: expiresAt };
      const made = await apiOf(server).post('/api/v1/keys', fields);
      const begun = made.status === 201 && (await post({ key: made.body.data.key }));
      if (!begun || begun.status !== 201) return null;
      expect(begun.body.data.expires_at).toBe(expiresAt);
      return cookieOf(begun.headers);
    });
    await untilOver({ cookie });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAtMs);
  });
});

it('lists the projects, for an admin', async () => {
  await createKey({ project: 'a-project' });
  const { status, body } = await apiOf(server).get('/api/v1/projects');
  expect(status).toBe(200);
  const names = (body as { data: { name: string }[] }).data.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining(['a-project', 'default']));
});

it('asks the database a few times a second, however many cookies are forged and keys guessed', async () => {
  const asked = async (): Promise<number> => {
    const { body } = await apiOf(server).get('/metrics');
    const counts = (body as string).matchAll(
      /^database_operation_duration_seconds_count\{operation="(?:version|load|byDigest|begin)"\} (\d+)$/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const before = await asked();
  expect(before).toBeGreaterThan(0);
  const startedMs = performance.now();
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all(
      Array.from({ length: 250 }, (_, n) =>
        n % 2 === 0 ? session({ headers: { cookie: FORGED } }) : post({ key: `guess-${round}-${n}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  }
  const checks = (performance.now() - startedMs) / 250 + 2;
  // a check asks for the version; what else runs counts the use of keys now and then
  expect((await asked()) - before).toBeLessThan(2 * checks + 5);
});
