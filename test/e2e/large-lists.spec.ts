import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Answer, type Api } from '../support/api.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { storeMany } from '../support/many-events.js';
import { residentMb } from '../support/process-memory.js';
import { startServer, type TestServer } from '../support/server.js';

/** 38 MB, asked for eight times at once: a server that answered with all of them would end. */
const ROWS = 150;
const ROW_BYTES = 255_000;
const HEAP_MB = 128;
const MOST_GROWTH_MB = 250;
const MOST_BYTES = 2.5 * 1024 * 1024;

let database: TestDatabase;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  database = await cloneDatabase();
  server = await startServer({
    env: { DATABASE_URL: database.url, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` },
  });
  api = apiOf(server);
  await api.post('/api/v1/ingest', anEvent({ event_id: 'small' }));
  await storeMany(database.url, ROWS, ROW_BYTES);
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

const lengthOf = ({ headers }: Answer) => Number(headers.get('content-length'));
const idsOf = (logs: unknown) => (logs as { event_id: string }[]).map(({ event_id }) => event_id);

/** The events of every page after a cursor. */
async function walk(query: string, cursor: string | null): Promise<string[]> {
  const ids: string[] = [];
  for (let next = cursor; next !== null;) {
    const answer = await api.get(`/api/v1/logs/filter?${query}&count=none&page_size=1000&cursor=${next}`);
    expect(lengthOf(answer)).toBeLessThan(MOST_BYTES);
    ids.push(...idsOf(answer.body.data.logs));
    next = answer.body.data.next_cursor as string | null;
  }
  return ids;
}

describe('lists of large events', () => {
  it('are short, eight at once, and take little memory', async () => {
    const beforeMb = residentMb(server.process);
    let mostMb = beforeMb;
    const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMb(server.process))), 10);
    const asked = ['recent?limit=1000', 'filter?page_size=1000', 'filter?prop.text=none', 'recent?limit=50'];
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all([...asked, ...asked].map((path) => api.get(`/api/v1/logs/${path}`)));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      for (const answer of answers) expect(lengthOf(answer)).toBeLessThan(MOST_BYTES);
    }
    clearInterval(watch);
    expect(mostMb - beforeMb).toBeLessThan(MOST_GROWTH_MB);
  });

  it('say so, and every event is reached once by cursor', async () => {
    const { body } = await api.get('/api/v1/logs/recent?limit=1000');
    expect(body.message).toMatch(/^Retrieved \d+ recent logs: .* next_cursor$/);
    const seen = [...idsOf(body.data), ...(await walk('', body.next_cursor as string))];
    expect(seen).toHaveLength(ROWS + 1);
    expect(new Set(seen).size).toBe(ROWS + 1);
  });

  it('count all there is, and warn of the next page number', async () => {
    const { body } = await api.get(
      '/api/v1/logs/filter?page_size=1000&event_name=bulk&start_time=2026-01-01T00:00:00Z&sort_by=id&sort_order=asc',
    );
    const { logs, total_count, warnings, next_cursor } = body.data;
    expect(total_count).toBe(ROWS);
    expect(warnings).toEqual([
      expect.stringMatching(/^The page ends after \d+ of 1000 events, .*next_cursor/),
    ]);
    const seen = [
      ...idsOf(logs),
      ...(await walk(
        'event_name=bulk&start_time=2026-01-01T00:00:00Z&sort_by=id&sort_order=asc',
        next_cursor as string,
      )),
    ];
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, n) => `bulk-${n + 1}`));
  });

  it('of few events say where they go on, and nothing else', async () => {
    const { body } = await api.get('/api/v1/logs/recent?limit=1');
    expect(body).toMatchObject({ message: 'Retrieved 1 recent logs', data: [{ event_id: 'bulk-1' }] });
    expect((await walk('', body.next_cursor as string)).length).toBe(ROWS);
    const only = await api.get('/api/v1/logs/filter?event_name=tap');
    expect(only.body.data).toMatchObject({ next_cursor: null, warnings: [], total_count: 1 });
  });
});
