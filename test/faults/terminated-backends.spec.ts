import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { compareEntries, startEntryClients, type EntryClients } from '../support/entry-clients.js';
import { compareWithStore, startClients, type Clients } from '../support/ledger-clients.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const ROUNDS = 8;
const PER_ROUND = 50;

// In one statement, so that it is fast enough to meet connections that are being made: the fatal message of such a one stands
// in the packet that says ready. Each backend once, and for 50 s at most: a server that has ended brings no more.
const TERMINATE = `do $$
declare
  done int[] := array[pg_backend_pid()];
  fresh int[];
begin
  while cardinality(done) <= ${PER_ROUND} loop
    if clock_timestamp() > statement_timestamp() + interval '50 seconds' then raise 'no more backends come'; end if;
    perform pg_stat_clear_snapshot();
    fresh := array(
      select pid from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> all (done));
    perform pg_terminate_backend(pid) from unnest(fresh) as pid;
    done := done || fresh;
  end loop;
end $$`;

let server: TestServer;
let clients: Clients;
let entryClients: EntryClients;

// also where the test failed
afterEach(async () => {
  await Promise.all([clients.stop(), entryClients.stop()]);
  await server.kill9();
});

it(`lives through ${ROUNDS * PER_ROUND} terminated backends, and loses and doubles nothing`, async () => {
  // Appends with a key and counting take their connections out of the pool for a transaction.
  server = await startServer({ env: { COUNT_INTERVAL_SECONDS: '0.2' } });
  const api = apiOf(server);
  clients = startClients(() => server.url, server.key, 6);
  entryClients = startEntryClients(api, 4);
  const { ledger } = clients;
  await onDatabase(async (database) => {
    for (let round = 0; round < ROUNDS; round++) {
      const { size } = ledger.acknowledged;
      await until(() => ledger.acknowledged.size > size + 100);
      await database.query(TERMINATE);
    }
  });
  const { size } = ledger.acknowledged;
  await until(() => ledger.acknowledged.size > size + 100);
  await until(async () => (await api.get('/readiness')).status === 200);
  await Promise.all([clients.stop(), entryClients.stop()]);

  expect(ledger).toMatchObject({ unexpected: [], unanswered: 0 });
  expect(entryClients.ledger.unexpected).toEqual([]);
  const { stored, missing, doubled, counted } = await compareWithStore(server.databaseUrl, ledger);
  expect([missing, doubled, counted]).toEqual([[], [], stored]);
  const entries = await onDatabase((database) =>
    database.query<{ path: string; n: number }>(
      'select path, count(*)::int as n from access_logs group by path',
    ),
  );
  expect(compareEntries(entries.rows, entryClients.ledger)).toEqual({ missing: [], notOnce: [] });
  expect(await server.stop()).toBe(0);
});

async function onDatabase<Result>(work: (database: pg.Client) => Promise<Result>): Promise<Result> {
  const database = new pg.Client(server.databaseUrl);
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}
