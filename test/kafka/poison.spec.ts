import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { kafkaBrokers, runKafkaTool, uniqueName } from '../support/kafka.js';
import { startServer, type TestServer } from '../support/server.js';
import { SOON_MS, until } from '../support/until.js';

const MESSAGES = 50;
const RECORDS = 100;
/** No user may have this id while the database is spoilt. */
const REFUSED = 'refused-by-the-database';

const isWanted = Boolean(process.env.TEST_KAFKA_BROKERS) || process.env.REQUIRE_ALL_SERVICES === '1';
if (!isWanted) process.stderr.write('\n!!! NO KAFKA: poison records are NOT TESTED\n\n');

let server: TestServer;
let api: Api;
let database: pg.Client;
const topic = uniqueName('poison');

beforeAll(async () => {
  if (!isWanted) return;
  server = await startServer({
    env: {
      KAFKA_BROKERS: kafkaBrokers(),
      KAFKA_WORKER: '1',
      KAFKA_GROUP: topic,
      KAFKA_SOURCES: `${topic}=events`,
    },
  });
  api = apiOf(server);
  database = new pg.Client(server.databaseUrl);
  await database.connect();
});

afterAll(async () => {
  await database?.end();
  expect(await server?.stop()).toBe(isWanted ? 0 : undefined);
});

const countOf = async (where: string) =>
  (await database.query<{ n: number }>(`select count(*)::int as n from ${where}`)).rows[0].n;
const waiting = () => countOf(`dead_letters where state = 'waiting'`);

(isWanted ? it : it.skip)(
  '1 % of poison is listed, none of it blocks, and a replay after the fix stores each once',
  async () => {
    await database.query(`alter table events add constraint spoilt check (user_id <> '${REFUSED}')`);
    // Of each message one record is poison: in turn one that is not valid, and one that the database refuses.
    const messages = Array.from({ length: MESSAGES }, (_, n) =>
      JSON.stringify(
        Array.from({ length: RECORDS }, (_, i) => {
          if (i !== n % RECORDS) return anEvent();
          return n % 2 === 0
            ? { event_id: `invalid-${n}` }
            : anEvent({ event_id: `refused-${n}`, user_id: REFUSED });
        }),
      ),
    );
    const garbage = ['garbage', '{"cut":', '[1,2'];
    await runKafkaTool(
      'kafka-console-producer',
      kafkaBrokers(),
      ['--topic', topic],
      `${[...messages, ...garbage].join('\n')}\n`,
    );
    await until(async () => (await countOf('events')) === MESSAGES * (RECORDS - 1), SOON_MS);
    await until(async () => (await waiting()) === MESSAGES + garbage.length, SOON_MS);
    const { rows } = await database.query<{ reason: string; n: number; messages: number }>(
      `select reason, count(*)::int as n, count(distinct message)::int as messages from dead_letters group by 1 order by 1`,
    );
    expect(rows.map(({ reason, n }) => [reason, n])).toEqual([
      ['invalid_message', garbage.length],
      ['refused_by_store', MESSAGES / 2],
      ['validation_error', MESSAGES / 2],
    ]);
    const metrics = String((await api.get('/metrics')).body);
    expect(metrics).toContain(`dead_letters_total{reason="refused_by_store"} ${MESSAGES / 2}\n`);

    await database.query('alter table events drop constraint spoilt');
    // at once, as two who do not know of each other
    const replays = await Promise.all([1, 2].map(() => api.post('/api/v1/dead-letters/replay', {})));
    expect(replays.map(({ status }) => status)).toEqual([200, 200]);
    expect(await waiting()).toBe(MESSAGES / 2 + garbage.length);
    expect(await countOf(`events where user_id = '${REFUSED}'`)).toBe(MESSAGES / 2);
    expect(await countOf('events')).toBe(MESSAGES * (RECORDS - 1) + MESSAGES / 2);
    const stats = await api.get('/api/v1/stats?type=logs&range=day');
    expect(stats.body.data.totals.count).toBe(await countOf('events'));
  },
);
