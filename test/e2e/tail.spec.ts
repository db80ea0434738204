import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, propertiesAsked, type Api } from '../support/api.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { storeMany } from '../support/many-events.js';
import { residentMb } from '../support/process-memory.js';
import { startServer, type TestServer } from '../support/server.js';
import { TailClient } from '../support/tail-client.js';
import { SOON_MS, until } from '../support/until.js';

const clients: TailClient[] = [];

/** Those of the test before were closed, which the server has to see before it gives their places away. */
async function openTail(...args: Parameters<typeof TailClient.open>): Promise<TailClient> {
  let client: TailClient;
  await until(async () => {
    client = await TailClient.open(...args);
    clients.push(client);
    return client.answer.statusCode !== 503;
  });
  return client!;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

describe('a tail', () => {
  let database: TestDatabase;
  let server: TestServer;
  let other: TestServer;
  let api: Api;
  let quiet: TailClient;

  beforeAll(async () => {
    database = await cloneDatabase();
    const env = { DATABASE_URL: database.url, MAX_TAILS: '8' };
    server = await startServer({ env });
    // that it waits for no tail shows by its stop
    other = await startServer({ env: { ...env, WORKERS: '2', SHUTDOWN_TIMEOUT_SECONDS: '3600' } });
    api = apiOf(server);
    quiet = await TailClient.open(server, 'event_name=never');
  });

  afterAll(async () => {
    quiet.close();
    await Promise.all([server.stop(), other.stop()]);
    await database.drop();
  });

  const ingest = (to: Api, event: Record<string, unknown>) => to.post('/api/v1/ingest', event);

  it('gives each event soon, whichever process stored it, and nothing from before', async () => {
    await ingest(api, anEvent({ event_name: 'before' }));
    const tails = await Promise.all([openTail(server), openTail(other), openTail(other)]);
    for (const [n, to] of [api, apiOf(other), api, apiOf(other)].entries()) {
      const event = anEvent({ properties: { n, big: 1 } });
      await ingest(to, event);
      await until(() => tails.every(({ names }) => names.includes(event.event_id as string)), SOON_MS);
    }
    for (const { messages, answer } of tails) {
      expect(messages.map(({ data }) => data.event_name)).toEqual(['tap', 'tap', 'tap', 'tap']);
      expect(answer.headers['content-type']).toBe('text/event-stream');
    }
    const recent = await api.get('/api/v1/logs/recent?limit=1');
    expect(tails[0].messages.at(-1)!.data).toEqual(recent.body.data[0]);
  });

  it('narrows by every filter of equality, and keeps to its project', async () => {
    const properties = { tags: { provider: 'acme' }, cart: { items: 5 } };
    const queries =
      'user_id=u&session_id=s&app_version=1&priority=high&event_type=error&provider_name=acme&prop.cart.items=5';
    const tail = await openTail(server, queries);
    const elsewhere = await api.post('/api/v1/keys', {
      name: 'x',
      project: 'elsewhere',
      scopes: ['query', 'ingest'],
    });
    const foreign = await openTail({ ...server, key: elsewhere.body.data.key as string });
    const wanted = {
      user_id: 'u',
      session_id: 's',
      app_version: '1',
      priority: 'high',
      event_type: 'error',
      properties,
    };
    for (const name of Object.keys(wanted))
      await ingest(
        api,
        anEvent({
          ...wanted,
          [name]: undefined,
          event_type: 'error',
          event_name: name,
          ...(name === 'event_type' && { event_type: 'telemetry' }),
        }),
      );
    await ingest(api, anEvent({ ...wanted, event_id: 'wanted' }));
    await until(() => tail.names.length > 0);
    expect(tail.names).toEqual(['wanted']);
    expect(foreign.messages).toEqual([]);
  });

  it('goes on after Last-Event-ID, or after last_event_id where no header can be sent', async () => {
    const first = await openTail(server);
    const events = Array.from({ length: 6 }, () => anEvent());
    await ingest(api, events[0]);
    await until(() => first.names.length === 1);
    await ingest(api, events[1]);
    await until(() => first.names.length === 2);
    first.close();
    for (const event of events.slice(2)) await ingest(api, event);
    const [after, start] = [first.messages[1].id, first.messages[0].id];
    const byHeader = await openTail(other, `last_event_id=${start}`, { headers: { 'last-event-id': after } });
    const byParameter = await openTail(other, `last_event_id=${after}`);
    const ids = events.slice(2).map(({ event_id }) => event_id);
    await until(() => byHeader.names.length >= 4 && byParameter.names.length >= 4);
    expect([byHeader.names, byParameter.names]).toEqual([ids, ids]);
  });

  it.each([
    ['last_event_id=x', 'invalid_cursor', 'last_event_id'],
    ['event_type=x', 'invalid_event_type', 'event_type'],
    [propertiesAsked(21), 'validation_error', 'prop.'],
    ['evnt_type=error', 'validation_error', 'evnt_type'],
    ['start_time=2026-01-01T00:00:00Z', 'invalid_start_time', 'start_time'],
  ])('refuses %s as %s', async (query, error, field) => {
    const refused = await api.get(`/api/v1/logs/tail?${query}`);
    expect(refused).toMatchObject({ status: 400, body: { error, details: [{ field }] } });
  });

  it('has an end to how many there are, and takes the place of one that went away', async () => {
    const some = await Promise.all([openTail(server), openTail(server), openTail(server)]);
    const refused = await api.get('/api/v1/logs/tail');
    expect(refused).toMatchObject({ status: 503, body: { error: 'overloaded' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.body.message).toContain('This project has as many tails as one may have (MAX_TAILS)');
    expect((await api.get('/metrics')).body).toContain('\nlive_tails 4\n');
    // Another project still gets its own.
    await api.post('/api/v1/keys', { name: 'y', project: 'neighbour', scopes: ['ingest'] });
    const neighbour = await openTail(server, 'project=neighbour');
    await api.post('/api/v1/ingest?project=neighbour', anEvent({ event_id: 'next-door' }));
    await until(() => neighbour.names.includes('next-door'));
    some[0].close();
    await until(async () => {
      const head = await fetch(`${server.url}/api/v1/logs/tail`, {
        method: 'HEAD',
        headers: { 'x-api-key': server.key },
      });
      return head.status === 200;
    });
  });

  it('ends with its key', async () => {
    const made = await api.post('/api/v1/keys', { name: 'short-lived', scopes: ['query'] });
    const { id, key } = made.body.data as { id: string; key: string };
    const tails = await Promise.all([openTail({ ...server, key }), openTail({ ...other, key })]);
    expect((await apiOf(other).post(`/api/v1/keys/${id}/revoke`, {})).status).toBe(200);
    await until(() => tails.every(({ ended }) => ended !== 'no'), SOON_MS);
    expect(tails.map(({ endReason }) => endReason)).toEqual(['unauthorized', 'unauthorized']);
  });

  it('says that it is there, and where, every 15 seconds', async () => {
    while (quiet.heartbeats === 0) await once(quiet.answer, 'data');
    expect(quiet.messages).toEqual([]);
    expect(quiet.lastEventId).toMatch(/^\d+-\d+$/);
  });

  it('is told and ended when the server stops, at once', async () => {
    const tails = await Promise.all([openTail(other), openTail(other)]);
    expect(await other.stop()).toBe(0);
    expect(tails.map(({ endReason, ended }) => [endReason, ended])).toEqual([
      ['shutting_down', 'whole'],
      ['shutting_down', 'whole'],
    ]);
  });
});

describe('clients of a server that is killed', () => {
  it('resume at another one and miss nothing of what was acknowledged', async () => {
    const database = await cloneDatabase();
    const env = { DATABASE_URL: database.url };
    const [killed, left] = [await startServer({ env }), await startServer({ env })];
    const tail = await openTail(killed);
    const acknowledged: string[] = [];
    let writing = true;
    const writer = async (to: TestServer): Promise<void> => {
      while (writing) {
        const logs = Array.from({ length: 5 }, () => anEvent());
        const answer = await apiOf(to)
          .post('/api/v1/batch-ingest', { logs })
          .catch(() => null);
        if (answer?.status !== 201) return;
        acknowledged.push(...logs.map(({ event_id }) => event_id as string));
      }
    };
    const writers = [killed, killed, left, left].map(writer);
    await until(() => tail.names.length > 100);
    await killed.kill9();
    await until(() => tail.ended !== 'no');
    expect(tail.ended).toBe('cut');
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 50);
    const resumed = await openTail(left, '', { headers: { 'last-event-id': tail.lastEventId } });
    writing = false;
    await Promise.all(writers);
    const seen = () => new Set([...tail.names, ...resumed.names]);
    await until(() => acknowledged.every((id) => seen().has(id)));
    await left.stop();
    await database.drop();
  });
});

describe('clients that do not read', () => {
  const BULK = 7_500;

  it('cost a page each, disturb nobody, and are told to come back after half a minute', async () => {
    const database = await cloneDatabase();
    const server = await startServer({ env: { DATABASE_URL: database.url } });
    await apiOf(server).post('/api/v1/ingest', anEvent());
    const beforeMb = residentMb(server.process);
    const options = { headers: { 'last-event-id': '1-1' }, reads: false };
    const stalled = await Promise.all(
      Array.from({ length: 20 }, () => openTail(server, 'event_name=bulk', options)),
    );
    const lively = await openTail(server, 'event_name=tap');
    // 25 MB for each of them: 500 MB, if it were kept.
    await storeMany(database.url, BULK, 3_000);
    const event = anEvent();
    await apiOf(server).post('/api/v1/ingest', event);
    await until(() => lively.names.includes(event.event_id as string));
    expect(residentMb(server.process) - beforeMb).toBeLessThan(200);
    // One of them reads on, late: nothing is lost.
    stalled[0].answer.resume();
    while (stalled[0].names.length < BULK) await once(stalled[0].answer, 'data');
    expect(new Set(stalled[0].names).size).toBe(BULK);
    stalled[0].close();
    // The others are told after half a minute, and cut when they do not take even that.
    while (!server.logs.some((line) => line.includes('too_slow'))) await once(server.process.stdout!, 'data');
    await until(async () =>
      ((await apiOf(server).get('/metrics')).body as string).includes('\nlive_tails 1\n'),
    );
    await server.stop();
    await database.drop();
  });
});
