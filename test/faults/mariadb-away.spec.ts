import { afterEach, expect, it } from 'vitest';
import { MariadbServer, mariadbProgram } from '../../scripts/services/mariadb.mjs';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf } from '../support/api.js';
import { configOf } from '../support/config.js';
import { compareEntries, ENTRIES, startEntryClients } from '../support/entry-clients.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const CLIENTS = 8;
const ROUNDS = 2;
const program = await mariadbProgram();
const isWanted = program !== undefined || process.env.REQUIRE_ALL_SERVICES === '1';
if (!isWanted) process.stderr.write('\n!!! NO mariadbd: a MariaDB that is killed is NOT TESTED\n\n');
let mariadb: MariadbServer | undefined;
let server: TestServer | undefined;

// also where the test failed
afterEach(async () => {
  await server?.kill9();
  mariadb?.stop();
});

(isWanted ? it : it.skip)(
  'loses nothing that was acknowledged when MariaDB is killed and comes back under load',
  async () => {
    mariadb = await MariadbServer.make(program!);
    await mariadb.start();
    const database = await createMysqlDatabase('logs', mariadb.url);
    server = await startServer({
      env: { ACCESS_STORE: 'mysql', MYSQL_URL: database.url },
    });
    const api = apiOf(server);
    const healthStatus = async () => (await api.get('/health')).status;
    const clients = startEntryClients(api, CLIENTS);
    const { ledger } = clients;
    for (let round = 0; round < ROUNDS; round++) {
      const before = ledger.acknowledged.size;
      await until(() => ledger.acknowledged.size > before + 100);
      await mariadb.kill9();
      await until(async () => (await healthStatus()) === 503);
      const refused = await api.post('/logs', anEntry());
      expect([refused.status, refused.body.error]).toEqual([503, 'storage_unavailable']);
      // What needs no MariaDB goes on, so the server stays in its balancer, and says what it does not take.
      expect((await api.post('/api/v1/ingest', anEvent())).status).toBe(201);
      const readiness = await api.get('/readiness');
      expect([readiness.status, readiness.body.ready]).toEqual([200, true]);
      expect(readiness.body.message).toMatch(/except for access entries/);
      expect((await api.get('/health')).body).toMatchObject({
        status: 'unhealthy',
        services: { database: 'healthy', access_store: 'unhealthy' },
      });
      await mariadb.start();
      await until(async () => (await healthStatus()) === 200);
      expect((await api.get('/readiness')).body.message).toBe('The server is accepting requests');
    }
    const resumed = ledger.acknowledged.size;
    await until(() => ledger.acknowledged.size > resumed + 100);
    await clients.stop();
    const mysql = await Mysql.connect(configOf(), database.url);
    // a replica, say
    await mysql.background.rows('set global read_only = 1');
    await until(async () => (await healthStatus()) === 503);
    await mysql.background.rows('set global read_only = 0');
    await until(async () => (await healthStatus()) === 200);
    expect(await server.stop()).toBe(0);

    expect(ledger.unexpected).toEqual([]);
    const rows = await mysql.query.rows<{ path: string; n: number }>(
      'select path, count(*) as n from access_logs group by path',
    );
    const [{ n: counted }] = await mysql.query.rows<{ n: string }>(`
      select (select coalesce(sum(n), 0) from access_totals where dimension = 'all')
           + (select coalesce(sum(size), 0) from access_blocks) as n`);
    await mysql.close();
    expect(compareEntries(rows, ledger)).toEqual({ missing: [], notOnce: [] });
    expect(rows.filter(({ n }) => n % ENTRIES !== 0 && n !== 1)).toEqual([]);
    expect(Number(counted)).toBe(rows.reduce((sum, { n }) => sum + n, 0));
  },
);
