import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterView, WholeDeadLetterView } from '../../src/dead-letters/dead-letter.dto.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { sightline } from '../support/command.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
let database: pg.Client;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  database = new pg.Client(server.databaseUrl);
  await database.connect();
});

beforeEach(async () => {
  await database.query('truncate dead_letters, audit_log');
  await database.query('alter table events drop constraint if exists no_poison');
  await database.query(
    `alter table events add constraint no_poison check (event_name not like 'poison%') not valid`,
  );
});

afterAll(async () => {
  await database.end();
  await server.stop();
});

const ROUTE = '/api/v1/dead-letters';
const repair = () => database.query('alter table events drop constraint no_poison');
const list = async (query = ''): Promise<DeadLetterView[]> =>
  (await api.get(`${ROUTE}${query}`)).body.data as DeadLetterView[];
const whole = async (id: number): Promise<WholeDeadLetterView> =>
  (await api.get(`${ROUTE}/${id}`)).body.data as WholeDeadLetterView;
const poison = (overrides: object = {}) => anEvent({ event_name: 'poison', ...overrides });
const stored = async (eventId: unknown): Promise<Record<string, unknown>[]> =>
  (await database.query('select * from events where event_id = $1', [eventId])).rows as Record<
    string,
    unknown
  >[];
const letterOf = async (event: { event_id?: unknown }): Promise<DeadLetterView> => {
  const letters = await Promise.all((await list()).map(({ id }) => whole(id)));
  return letters.find(({ payload }) => payload.includes(String(event.event_id)))!;
};
async function cli(...args: string[]) {
  return sightline(['dead-letters', ...args], { DATABASE_URL: server.databaseUrl }).done;
}

/** Lists letters of a topic, as Kafka mode does. */
async function fromTopic(
  letters: { payload: string; format?: string; kind?: string; project?: number | null }[],
) {
  for (const [offset, { payload, format = 'record', kind = 'events', project = 1 }] of letters.entries()) {
    await database.query(
      `insert into dead_letters (kind, project_id, format, payload, payload_bytes, reason, message, details,
         topic, topic_id, partition, "offset", index, attempts, failed_at)
       values ($1, $2, $3, $4, length($4::bytea), 'validation_error', 'no', '[]', 'clicks', gen_random_uuid(), 0, $5, 0, 1, now())`,
      [kind, project, format, Buffer.from(payload), offset],
    );
  }
}

describe('what the database refuses', () => {
  it('is answered as rejected, as ever, and listed once, however often it is sent', async () => {
    const event = poison({ properties: { n: 1 } });
    for (let n = 0; n < 3; n++) {
      const { status, body } = await api.post('/api/v1/ingest', event);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: 'validation_error',
        details: [{ field: '', message: 'The database refused this event' }],
      });
      expect(JSON.stringify(body)).not.toContain('no_poison');
    }
    const batch = await api.post('/api/v1/batch-ingest', { logs: [anEvent(), event, anEvent()] });
    expect(batch.body.data).toMatchObject({ logs_processed: 2, rejected: [{ index: 1 }] });
    const [letter, ...others] = await list();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      state: 'waiting',
      kind: 'events',
      project: 'default',
      reason: 'refused_by_store',
      message: expect.stringContaining('no_poison') as unknown,
      format: 'own_record',
      origin: null,
      attempts: 1,
      settled_at: null,
      outcome: null,
    });
    const { payload, is_cut } = await whole(letter.id);
    expect(is_cut).toBe(false);
    expect(JSON.parse(payload)).toMatchObject({
      ...event,
      project_id: 1,
      received_at: expect.any(String) as unknown,
    });
    const metrics = String((await api.get('/metrics')).body);
    expect(metrics).toMatch(/^dead_letters_total\{reason="refused_by_store"\} [1-9]/m);
    expect(metrics).toMatch(/^dead_letters_total\{reason="invalid_message"\} 0$/m);
    expect(metrics).toMatch(/^dead_letters_waiting \d+$/m);
  });

  it('is answered all the same where it cannot be listed, which is counted', async () => {
    await database.query('alter table dead_letters rename to dead_letters_away');
    const { status } = await api.post('/api/v1/ingest', poison());
    await database.query('alter table dead_letters_away rename to dead_letters');
    expect(status).toBe(400);
    expect(String((await api.get('/metrics')).body)).toMatch(/^dead_letter_failures_total 1$/m);
    expect(server.logs.join('\n')).toContain('could not be listed as dead letters');
  });
});

describe('replay', () => {
  it('stores the event once, as it was received, when the cause is gone', async () => {
    const event = poison({ properties: { big: 1 }, timestamp: '2031-01-01T00:00:00Z' });
    const text = JSON.stringify(event).replace('"big":1', '"big":12345678901234567890');
    await api.post('/api/v1/ingest', text);
    const { id } = await letterOf(event);
    const refused = await api.post(`${ROUTE}/${id}/replay`, {});
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({
      message: 'The record still cannot be stored',
      data: { state: 'waiting', attempts: 2, reason: 'refused_by_store' },
    });
    await repair();
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(`${ROUTE}/${id}/replay`, {})));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ message: 'Dead letter replayed', data: { state: 'replayed' } });
    }
    expect(answers[0].body.data.settled_at).not.toBeNull();
    const [row, ...others] = await stored(event.event_id);
    expect(others).toEqual([]);
    const { received_at } = JSON.parse((await whole(id)).payload) as { received_at: string };
    expect((row.created_at as Date).toISOString()).toBe(received_at);
    expect((row.reported_timestamp as Date).toISOString()).toBe('2031-01-01T00:00:00.000Z');
    const found = await api.get(`/api/v1/events/${String(event.event_id)}`);
    expect(found.status).toBe(200);
    const exact = await database.query(`select properties ->> 'big' as big from events where event_id = $1`, [
      event.event_id,
    ]);
    expect(exact.rows).toEqual([{ big: '12345678901234567890' }]);
    const audit = await api.get('/api/v1/audit?action=dead_letter.replay');
    expect(audit.body.data).toMatchObject([{ target: String(id), project: 'default', outcome: 'success' }]);
  });

  it('of all that wait, in parts, tells what still cannot be stored', async () => {
    const logs = Array.from({ length: 30 }, (_, n) =>
      poison({ event_name: n < 7 ? 'poison-kept' : 'poison' }),
    );
    await api.post('/api/v1/batch-ingest', { logs });
    await repair();
    await database.query(
      `alter table events add constraint no_poison check (event_name <> 'poison-kept') not valid`,
    );
    const sums = { replayed: 0, failed: 0 };
    let after: number | null = 0;
    for (let n = 0; n < 10 && after !== null; n++) {
      const { body } = await api.post(`${ROUTE}/replay`, { reason: 'refused_by_store', limit: 8, after });
      sums.replayed += body.data.replayed as number;
      sums.failed += body.data.failed as number;
      after = body.data.next as number | null;
    }
    expect({ ...sums, after }).toEqual({ replayed: 23, failed: 7, after: null });
    expect(await list('?state=waiting')).toHaveLength(7);
    await repair();
    expect((await api.post(`${ROUTE}/replay`, {})).body.data).toEqual({ replayed: 7, failed: 0, next: null });
    const ids = logs.map(({ event_id }) => event_id);
    const { rows } = await database.query('select event_id from events where event_id = any($1)', [ids]);
    expect(rows).toHaveLength(30);
  });

  it('reads records, lines and messages of topics', async () => {
    const id = `topic-${process.pid}`;
    const record = (n: number) =>
      `{"event_id":"${id}-${n}","event_type":"error","event_name":"n","project_id":77}`;
    const own = (n: number) =>
      `{"event_id":"${id}-${n}","event_type":"error","event_name":"n","project_id":1,"received_at":"2026-11-20T10:00:00Z"}`;
    await fromTopic([
      { payload: record(1) },
      { payload: `[${record(2)},${record(3)},{"event_id":5}]`, format: 'message' },
      { payload: `${record(4)}\n\n${record(5)}`, format: 'message' },
      {
        payload: `{"format":"sightline.events.1","records":[${own(6)},${own(7)}]}`,
        format: 'message',
        project: null,
      },
      { payload: 'not JSON', format: 'message', project: null },
      { payload: `{"format":"sightline.events.1","records":[${own(8)}]}`, format: 'message' },
      { payload: record(9), project: null },
      { payload: '2026-11-20T10:00:00Z 192.0.2.1 GET /a 200 5ms', format: 'line', kind: 'access' },
    ]);
    expect((await api.post(`${ROUTE}/replay`, {})).body.data).toEqual({ replayed: 5, failed: 3, next: null });
    const { rows } = await database.query(
      'select event_id, project_id from events where event_id like $1 order by event_id',
      [`${id}-%`],
    );
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => ({ event_id: `${id}-${n}`, project_id: 1 })));
    const letters = await list();
    expect(
      letters.map(({ format, state, message, outcome }) => [format, state, message, outcome?.stored]),
    ).toEqual([
      ['record', 'waiting', expect.stringContaining('is required'), undefined],
      ['line', 'replayed', 'no', 1],
      ['record', 'waiting', 'its project is not known', undefined],
      ['message', 'waiting', expect.stringContaining('is required'), undefined],
      ['message', 'waiting', 'is not JSON', undefined],
      ['message', 'replayed', 'no', 2],
      ['message', 'replayed', 'no', 2],
      ['message', 'replayed', 'no', 2],
      ['record', 'replayed', 'no', 1],
    ]);
    expect((await whole(letters[0].id)).payload).toBe('{"event_id":5}');
  });
});

describe('the routes', () => {
  it('page, filter and drop', async () => {
    await api.post('/api/v1/batch-ingest', { logs: Array.from({ length: 5 }, () => poison()) });
    const first = await api.get(`${ROUTE}?limit=3&state=waiting`);
    expect(first.body.data).toHaveLength(3);
    const cursor = first.body.next_cursor as string;
    const second = await api.get(`${ROUTE}?limit=3&state=waiting&cursor=${cursor}`);
    expect(second.body).toMatchObject({ message: 'Retrieved 2 dead letters', next_cursor: null });
    const [{ id }] = second.body.data as DeadLetterView[];
    expect((await api.post(`${ROUTE}/${id}/drop`, {})).body).toMatchObject({
      message: 'Dead letter dropped',
      data: { state: 'dropped' },
    });
    expect((await api.post(`${ROUTE}/${id}/replay`, {})).body).toMatchObject({
      message: 'Dead letter dropped',
    });
    expect(await list('?state=dropped&kind=events&project=default')).toMatchObject([{ id }]);
    expect(await list('?kind=access')).toEqual([]);
  });

  it('name what is wrong', async () => {
    expect((await api.get(`${ROUTE}?state=lost`)).body).toMatchObject({ details: [{ field: 'state' }] });
    expect((await api.get(`${ROUTE}?staet=waiting`)).body).toMatchObject({ details: [{ field: 'staet' }] });
    expect((await api.get(`${ROUTE}?cursor=x`)).body).toMatchObject({ error: 'invalid_cursor' });
    expect((await api.post(`${ROUTE}/replay`, { reson: 'x' })).body).toMatchObject({
      details: [{ field: 'reson' }],
    });
    for (const body of [
      { limit: 0 },
      { after: -1 },
      { kind: 'x' },
      { project: 'a\0' },
      { project: 5 },
      [],
      5,
      'null',
    ]) {
      expect((await api.post(`${ROUTE}/replay`, body)).status).toBe(400);
    }
    const nothing = { reason: null, kind: null, project: null, after: null, limit: null };
    expect((await api.post(`${ROUTE}/replay`, nothing)).body.data).toEqual({
      replayed: 0,
      failed: 0,
      next: null,
    });
    for (const id of ['0', '1', '-1', 'x', '99999999999999999999']) {
      expect((await api.get(`${ROUTE}/${id}`)).status).toBe(404);
      expect((await api.post(`${ROUTE}/${id}/drop`, {})).status).toBe(404);
    }
  });

  it("are an admin's", async () => {
    const made = await api.post('/api/v1/keys', { name: 'app', scopes: ['ingest', 'query'] });
    const { key } = made.body.data as { key: string };
    for (const other of [{ key }, { key: null }]) {
      const status = other.key === null ? 401 : 403;
      expect((await api.get(ROUTE, other)).status).toBe(status);
      expect((await api.get(`${ROUTE}/1`, other)).status).toBe(status);
      expect((await api.post(`${ROUTE}/1/drop`, {}, other)).status).toBe(status);
      expect((await api.post(`${ROUTE}/1/replay`, {}, other)).status).toBe(status);
      expect((await api.post(`${ROUTE}/replay`, {}, other)).status).toBe(status);
    }
  });
});

describe('sightline dead-letters', () => {
  it('lists and shows, and nothing that a terminal obeys', async () => {
    const event = poison({ user_id: 'a\u009b31m' });
    await api.post('/api/v1/ingest', event);
    await fromTopic([{ payload: 'x\u001b[31my', format: 'message', project: null }]);
    const listed = await cli('list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout.split('\n')[0]).toMatch(/^id +state +kind +project +reason/);
    expect(listed.stdout).toMatch(/waiting +events +default +refused_by_store/);
    const [topic, refused] = JSON.parse(
      (await cli('list', '--json', '--limit', '10')).stdout,
    ) as DeadLetterView[];
    expect([topic, refused]).toEqual(await list());
    const shown = await cli('show', String(topic.id));
    expect(shown.stdout).toContain('clicks/0@0#0');
    expect(shown.stdout).toContain('x\\u001b[31my');
    expect(shown.stdout).not.toContain('\u001b');
    expect((await cli('show', String(refused.id))).stdout).not.toContain('\u009b');
    expect(JSON.parse((await cli('show', String(topic.id), '--json')).stdout)).toEqual(await whole(topic.id));
    expect((await cli('list', '--state', 'dropped')).stdout.trim().split('\n')).toHaveLength(1);
  });

  it('replays and drops, by id and by filter', async () => {
    const logs = Array.from({ length: 6 }, () => poison());
    await api.post('/api/v1/batch-ingest', { logs });
    const ids = (await list()).map(({ id }) => String(id));
    expect(await cli('drop', ids[0], ids[1])).toMatchObject({ code: 0, stdout: 'dropped 2\n' });
    expect(await cli('replay', '--all')).toMatchObject({
      code: 1,
      stdout: 'replayed 0\n',
      stderr: 'sightline: 4 still cannot be stored: sightline dead-letters list\n',
    });
    await repair();
    expect(await cli('replay', ids[2])).toMatchObject({ code: 0, stdout: 'replayed 1\n' });
    expect(await cli('replay', '--all', '--kind', 'access')).toMatchObject({
      code: 0,
      stdout: 'replayed 0\n',
    });
    const all = await cli(
      'replay',
      '--all',
      '--reason',
      'refused_by_store',
      '--project',
      'default',
      '--json',
    );
    expect(JSON.parse(all.stdout)).toEqual({ replayed: 3, failed: 0 });
    const { rows } = await database.query('select count(*)::int as n from events where event_id = any($1)', [
      logs.map(({ event_id }) => event_id),
    ]);
    expect(rows).toEqual([{ n: 4 }]);
    const audit = await api.get('/api/v1/audit?actor=cli');
    expect(audit.body.data).toHaveLength(4);
  });

  it.each([
    [['replay'], 1],
    [['drop', '1', '--all'], 1],
    [['drop', '1', '--kind', 'events'], 1],
    [['show', 'x'], 1],
    [['show', '999999'], 1],
    [['list', '--limit', '0'], 1],
    [['list', '--state', 'lost'], 2],
  ])('%j ends with %i and says why', async (args, code) => {
    const ended = await cli(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(/^sightline: .+\n$/);
  });
});
