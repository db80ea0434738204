import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { MariadbServer, mariadbProgram } from '../../scripts/services/mariadb.mjs';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { anEntry } from '../support/access-api.js';
import { apiOf, type Api } from '../support/api.js';
import { configOf } from '../support/config.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const CLIENTS = 8;
const ROUNDS = 2;
const BATCH = 20;

/** What clients were told, by the path that all entries of a request have. */
interface Ledger {
  acknowledged: Set<string>;
  /** Of requests with an Idempotency-Key. */
  once: Set<string>;
  /** Answers that were neither a 200 nor a 503 with Retry-After. */
  unexpected: string[];
}

/** Sends requests one after the other, every second one with a key, each again and again until it is acknowledged. */
async function client(api: Api, index: number, ledger: Ledger, stopped: () => boolean): Promise<void> {
  for (let n = 0; !stopped(); n++) {
    const path = `/${index}/${n}`;
    const withKey = n % 2 === 0;
    if (withKey) ledger.once.add(path);
    const headers: Record<string, string> = withKey ? { 'idempotency-key': randomUUID() } : {};
    const body = Array.from({ length: BATCH }, () => anEntry({ path }));
    for (let acknowledged = false; !acknowledged && !stopped();) {
      const answer = await api.post('/logs', body, { headers });
      acknowledged = answer.status === 200;
      if (acknowledged) ledger.acknowledged.add(path);
      else if (answer.status !== 503 || !(Number(answer.headers.get('retry-after')) >= 1)) {
        ledger.unexpected.push(`${answer.status} ${JSON.stringify(answer.body)}`);
      } else await delay(20);
    }
  }
}

const program = mariadbProgram();
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
      env: { ACCESS_STORE: 'mysql', MYSQL_URL: database.url, ROLLUP_COMPACT_SECONDS: '0.2' },
    });
    const api = apiOf(server);
    const ledger: Ledger = { acknowledged: new Set(), once: new Set(), unexpected: [] };
    let stopping = false;
    const clients = Array.from({ length: CLIENTS }, (_, index) => client(api, index, ledger, () => stopping));
    for (let round = 0; round < ROUNDS; round++) {
      const before = ledger.acknowledged.size;
      await until(() => ledger.acknowledged.size > before + 100);
      await mariadb.kill9();
      await until(async () => (await api.get('/readiness')).status === 503);
      const refused = await api.post('/logs', anEntry());
      expect([refused.status, refused.body.error]).toEqual([503, 'storage_unavailable']);
      expect((await api.get('/health')).body).toMatchObject({
        status: 'unhealthy',
        services: { database: 'healthy', access_store: 'unhealthy' },
      });
      await mariadb.start();
      await until(async () => (await api.get('/readiness')).status === 200);
    }
    const resumed = ledger.acknowledged.size;
    await until(() => ledger.acknowledged.size > resumed + 100);
    stopping = true;
    await Promise.all(clients);
    expect(await server.stop()).toBe(0);

    expect(ledger.unexpected).toEqual([]);
    const mysql = await Mysql.connect(configOf(), database.url);
    const rows = await mysql.query.rows<{ path: string; n: number }>(
      'select path, count(*) as n from access_logs group by path',
    );
    const [{ n: counted }] = await mysql.query.rows<{ n: string }>(`
      select (select coalesce(sum(n), 0) from access_totals where dimension = 'all')
           + (select count(*) from access_deltas) as n`);
    await mysql.close();
    const stored = new Map(rows.map(({ path, n }) => [path, n]));
    const lost = [...ledger.acknowledged].filter((path) => (stored.get(path) ?? 0) < BATCH);
    expect(lost).toEqual([]);
    expect([...ledger.once].filter((path) => (stored.get(path) ?? BATCH) !== BATCH)).toEqual([]);
    expect(rows.filter(({ n }) => n % BATCH !== 0 && n !== 1)).toEqual([]);
    expect(Number(counted)).toBe(rows.reduce((sum, { n }) => sum + n, 0));
  },
  120_000,
);
