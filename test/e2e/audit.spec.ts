import { userInfo } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditView } from '../../src/audit/audit.dto.js';
import { apiOf, type Answer, type Api } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { startServer, type TestServer } from '../support/server.js';
import { browse, logIn } from '../support/session.js';

let server: TestServer;
let api: Api;

let database: TestDatabase;

const NOBODY = { kind: 'anonymous', key_id: null, name: null, prefix: null };

async function start(): Promise<void> {
  server = await startServer({ env: { DATABASE_URL: database.url, TRUSTED_PROXIES: '127.0.0.1' } });
  api = apiOf(server);
}

/** What was to be written in the background is written by then. */
async function restart(): Promise<void> {
  await server.stop();
  await start();
}

beforeAll(async () => {
  database = await cloneDatabase();
  await start();
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

const audit = (query = ''): Promise<Answer> => api.get(`/api/v1/audit${query}`);
const entriesOf = async (query = ''): Promise<AuditView[]> => (await audit(query)).body.data as AuditView[];
const createKey = async (fields: object = {}): Promise<{ id: string; key: string; prefix: string }> =>
  (await api.post('/api/v1/keys', { name: 'app', scopes: ['query'], ...fields })).body.data;
const from = (address: string) => ({ 'x-forwarded-for': address });
const tryLogIn = (key: string, address: string) =>
  browse(`${server.url}/api/v1/session`, { method: 'POST', body: { key }, headers: from(address) });

describe('GET /api/v1/audit', () => {
  it('tells who made, rotated and revoked a key, from where', async () => {
    const headers = from('203.0.113.7');
    const made = await api.post(
      '/api/v1/keys',
      { name: 'shop app', project: 'shop', scopes: ['ingest'] },
      { headers },
    );
    const { id, key, prefix } = made.body.data as { id: string; key: string; prefix: string };
    const rotated = await api.post(`/api/v1/keys/${id}/rotate`, {}, { headers });
    await api.post(`/api/v1/keys/${id}/revoke`, {}, { headers });
    const { status, body } = await audit('?project=shop');
    expect(status).toBe(200);
    const entries = body.data as AuditView[];
    expect(entries.map(({ action }) => action)).toEqual([
      'key.revoke',
      'key.rotate',
      'key.create',
      'project.create',
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        outcome: 'success',
        actor: { kind: 'key', name: 'test', prefix: server.key.slice(0, 9) },
        address: '203.0.113.7',
        project: 'shop',
      });
    }
    expect(entries[0]).toMatchObject({ target: id, details: { name: 'shop app', prefix } });
    expect(Math.abs(Date.parse(entries[0].at) - Date.now())).toBeLessThan(60_000);
    const text = JSON.stringify(await entriesOf('?limit=1000'));
    for (const secret of [key, rotated.body.data.key as string, server.key])
      expect(text).not.toContain(secret);
  });

  it('tells of log-ins and log-outs, and of those that were refused', async () => {
    const { key, id } = await createKey({ name: 'analyst' });
    const app = await createKey({ name: 'of an app', scopes: ['ingest'] });
    const headers = await logIn(server.url, key);
    await browse(`${server.url}/api/v1/session`, { method: 'DELETE', headers });
    expect((await tryLogIn('guessed', '203.0.113.66')).status).toBe(401);
    expect((await tryLogIn(app.key, '203.0.113.67')).status).toBe(403);
    await restart();
    expect((await entriesOf(`?actor=${id}`)).map(({ action }) => action)).toEqual(['log_out', 'log_in']);
    expect(await entriesOf('?action=log_in&actor=anonymous')).toMatchObject([
      { outcome: 'refused', address: '203.0.113.66', details: { status: 401 } },
    ]);
    expect(await entriesOf(`?actor=${app.prefix}`)).toMatchObject([
      { action: 'log_in', outcome: 'refused', address: '203.0.113.67', details: { status: 403 } },
    ]);
  });

  it('counts a flood of refused log-ins rather than telling of each, and loses none at a stop', async () => {
    const guesses = Array.from({ length: 100 }, (_, n) => tryLogIn(`guess-${n}`, '203.0.113.99'));
    const refused = (await Promise.all(guesses)).filter(({ status }) => status === 401).length;
    expect(refused).toBeGreaterThan(0);
    await restart();
    const entries = await entriesOf('?action=log_in&limit=1000');
    const flood = entries.filter(({ address }) => address === '203.0.113.99');
    expect(flood.length).toBeLessThanOrEqual(refused / 4 + 1);
    expect(flood.reduce((sum, { details }) => sum + 1 + Number(details.folded ?? 0), 0)).toBe(refused);
  });

  it('tells of refused changes of keys, by whom and why', async () => {
    const { key, id, prefix } = await createKey({ name: 'not an admin' });
    const victim = await createKey({ name: 'victim' });
    const as = (other: string | null) => ({ key: other, headers: from('203.0.113.44') });
    expect((await api.post(`/api/v1/keys/${victim.id}/revoke`, {}, as(key))).status).toBe(403);
    expect((await api.post('/api/v1/keys', {}, as(null))).status).toBe(401);
    expect((await api.post('/api/v1/keys/%00%1b%5b2J/revoke', {}, as(server.key))).status).toBe(404);
    await restart();
    const refused = (await entriesOf('?limit=1000')).filter(({ address }) => address === '203.0.113.44');
    expect(refused).toContainEqual(
      expect.objectContaining({
        action: 'key.revoke',
        outcome: 'refused',
        actor: { kind: 'key', key_id: id, name: 'not an admin', prefix },
        target: victim.id,
        details: { status: 403 },
      }),
    );
    expect(refused).toContainEqual(
      expect.objectContaining({ action: 'key.create', actor: NOBODY, details: { status: 401 } }),
    );
    expect(refused).toContainEqual(
      expect.objectContaining({ action: 'key.revoke', target: null, details: { status: 404 } }),
    );
  });

  it('tells of projects that came and went', async () => {
    await api.post('/api/v1/demo', {});
    await browse(`${server.url}/api/v1/demo`, { method: 'DELETE', headers: { 'x-api-key': server.key } });
    const removed = await entriesOf('?action=project.remove');
    expect(removed).toMatchObject([{ target: 'demo', project: 'demo', details: { sample: true, keys: 0 } }]);
    expect((await entriesOf('?action=project.create')).map(({ target }) => target)).toContain('demo');
  });

  it('is given page by page, and narrowed', async () => {
    const all = await entriesOf('?limit=1000');
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await audit(`?limit=3${next}`);
      seen.push(...(body.data as AuditView[]).map(({ id }) => id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(await entriesOf(`?from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect((await entriesOf(`?to=${new Date(Date.now() + 60_000).toISOString()}&limit=1000`)).length).toBe(
      all.length,
    );
  });

  it('refuses what it does not know, and who is no admin', async () => {
    for (const query of ['?action=nap', '?limit=1001', '?limit=0', '?from=today', '?actr=x', '?cursor=x'])
      expect((await audit(query)).status).toBe(400);
    const { key } = await createKey();
    expect((await api.get('/api/v1/audit', { key })).status).toBe(403);
    expect((await api.get('/api/v1/audit', { key: null })).status).toBe(401);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) => sightline(args, { DATABASE_URL: server.databaseUrl }).done;

  it('leaves the name of its user', async () => {
    const made = await run('keys', 'create', '--name', 'by hand', '--json');
    const { id } = JSON.parse(made.stdout) as { id: string };
    await run('keys', 'revoke', id);
    const user = { kind: 'cli', key_id: null, name: userInfo().username, prefix: null };
    expect((await entriesOf('?limit=2')).map(({ action, actor, target }) => [action, actor, target])).toEqual(
      [
        ['key.revoke', user, id],
        ['key.create', user, id],
      ],
    );
    expect((await entriesOf('?actor=cli')).length).toBe(2);
  });

  it('lists the log', async () => {
    const { stdout } = await run('audit', '--limit', '2', '--json');
    expect(JSON.parse(stdout)).toEqual(await entriesOf('?limit=2'));
    const lines = (await run('audit')).stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^at +action +outcome +actor +address +project +target +details$/);
    expect(lines[1]).toMatch(/^\S+Z +key\.revoke +success +cli /);
    expect(await run('audit', '--limit', '0')).toMatchObject({
      code: 1,
      stderr: 'sightline: --limit must be a whole number from 1 to 1000\n',
    });
  });
});

describe('GET /api/v1/keys', () => {
  it('is given page by page; the command line lists every page', async () => {
    const client = new pg.Client(server.databaseUrl);
    await client.connect();
    await client.query(`insert into projects (name) values ('fleet');
      insert into api_keys (project_id, name, prefix, digest, scopes)
        select (select id from projects where name = 'fleet'), 'app ' || n, 'sl_app', sha256(n::text::bytea), '{ingest}'
        from generate_series(1, 2300) as n;
      update api_key_version set version = version + 1`);
    await client.end();
    const seen = new Set<string>();
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, body } = await api.get(`/api/v1/keys?project=fleet${next}`);
      expect(status).toBe(200);
      for (const { id } of body.data as { id: string }[]) seen.add(id);
      sizes.push((body.data as unknown[]).length);
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect([sizes, seen.size]).toEqual([[1000, 1000, 300], 2300]);
    const { stdout } = await sightline(['keys', 'list', '--project', 'fleet', '--json'], {
      DATABASE_URL: server.databaseUrl,
    }).done;
    expect((JSON.parse(stdout) as unknown[]).length).toBe(2300);
    for (const query of ['limit=0', 'limit=1001', 'cursor=x'])
      expect((await api.get(`/api/v1/keys?${query}`)).status).toBe(400);
  });
});
