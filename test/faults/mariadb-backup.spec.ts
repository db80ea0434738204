import { execFileSync } from 'node:child_process';
import mysql from 'mysql2/promise';
import { expect, it } from 'vitest';
import { anEntry, postLogs } from '../support/access-api.js';
import { apiOf } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import { createMysqlDatabase, mysqlUrlBeside } from '../support/mysql-database.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** What MariaDB's programs take for a database. */
function argumentsOf(url: string): string[] {
  const { hostname, port, username, pathname } = new URL(url);
  return [`--host=${hostname}`, `--port=${port}`, `--user=${username}`, pathname.slice(1)];
}

/** Partitions are made after the start, the last one seven days ahead, and a table that changes under a dump ends it (error 1412). */
async function partitionsAreMade(url: string): Promise<boolean> {
  const last = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const connection = await mysql.createConnection(url);
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    'select 1 from information_schema.partitions where table_schema = database() and partition_name = ?',
    [`p${last}`],
  );
  await connection.end();
  return rows.length > 0;
}

/** Of the two hours before. */
async function answersOf(server: TestServer, hourMs: number): Promise<unknown[]> {
  const api = apiOf(server);
  const window = `from=${new Date(hourMs - 7_200_000).toISOString()}&to=${new Date(hourMs).toISOString()}`;
  const questions = [
    `/logs?${window}&limit=1000&count=exact`,
    `/analytics?${window}`,
    ...['requests', 'latency'].map((type) => `/api/v1/access/stats?type=${type}&${window}&interval=5m`),
    // Minutes of addresses reach two hours back: late in an hour, not as far as this window.
    `/api/v1/access/stats?type=unique_ips&${window}&interval=1h`,
  ];
  const answers = await Promise.all(questions.map((query) => api.get(query)));
  expect(answers.map(({ status }) => status)).toEqual(questions.map(() => 200));
  const { unique_ip_addresses } = (await api.get('/stats')).body;
  return [...answers.map(({ body }) => JSON.stringify(body, withoutMoment)), unique_ip_addresses];
}

const withoutMoment = (name: string, value: unknown): unknown =>
  name === 'generated_at' ? undefined : value;

// The commands are those of docs/backup.md.
it('mariadb-dump of a server that runs restores to the same entries and numbers, and a request is not taken twice', async () => {
  const postgres = await cloneDatabase();
  const env = { DATABASE_URL: postgres.url };
  const first = await startServer({ env });
  const hourMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const atMs = hourMs - 5_400_000;
  const entries = Array.from({ length: 300 }, (_, index) =>
    anEntry({
      timestamp: new Date(atMs + index * 6_000).toISOString(),
      path: `/p/${index % 7}`,
      status: index % 9 ? 200 : 500,
      latency_ms: index,
    }),
  );
  const once = { headers: { 'idempotency-key': 'sent-again-after-the-restore' } };
  expect((await postLogs(apiOf(first), 'application/json', entries, once)).status).toBe(200);
  const before = await answersOf(first, hourMs);
  const url = mysqlUrlBeside(postgres.url);
  await until(() => partitionsAreMade(url));
  const dump = execFileSync('mariadb-dump', ['--single-transaction', '--quick', ...argumentsOf(url)]);
  await first.stop();

  const restored = await createMysqlDatabase();
  execFileSync('mariadb', argumentsOf(restored.url), { input: dump });
  const second = await startServer({ env: { ...env, ACCESS_STORE: 'mysql', MYSQL_URL: restored.url } });
  expect(await answersOf(second, hourMs)).toEqual(before);
  expect((await postLogs(apiOf(second), 'application/json', entries, once)).status).toBe(200);
  expect(await answersOf(second, hourMs)).toEqual(before);
  await second.stop();
  await Promise.all([restored.drop(), postgres.drop()]);
});
