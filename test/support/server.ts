import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../scripts/services/free-port.mjs';
import { cloneDatabase, type TestDatabase } from './database.js';
import { createMysqlDatabase } from './mysql-database.js';
import { endAfterTest } from './processes.js';

export { freePort };

/** The built program; SIGHTLINE_DIST says where another build than `dist` is. */
export const MAIN = `${process.env.SIGHTLINE_DIST ?? 'dist'}/src/main.js`;
/**
 * What the program is started with beside its settings; a cache of compiled code, as commands have it: a start takes a tenth less of
 * CPU. What it runs is counted exactly without (`npm run coverage`).
 */
export const PROGRAM_ENV = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...(process.env.TEST_PROGRAM_COVERAGE
    ? { NODE_V8_COVERAGE: process.env.TEST_PROGRAM_COVERAGE }
    : { NODE_COMPILE_CACHE: path.resolve('node_modules/.cache/node') }),
};

const POLL_MS = 20;
const START_MS = 60_000;
const KEY = 'test-key-0123456789abcdef0123456789abcdef';

export interface ServerOptions {
  /** `worker` takes what it reads from Kafka into a database that others make: it needs DATABASE_URL and KAFKA_BROKERS. */
  command?: 'serve' | 'worker';
  /** Settings; they go before the defaults of `startServer`. An empty DATABASE_URL means the embedded database. */
  env?: Record<string, string>;
  /** Flags of `sightline serve`. */
  flags?: readonly string[];
  /** What the program is started with: another command in front of it, and flags of Node's own. */
  launcher?: readonly string[];
  nodeFlags?: readonly string[];
  /** It speaks HTTPS with a certificate that nobody signed. */
  tls?: boolean;
}

export interface TestServer {
  url: string;
  /** A key of the project `default` with every scope. */
  key: string;
  databaseUrl: string;
  process: ChildProcess;
  /** What it wrote so far, a line each, stdout and stderr alike. */
  logs: string[];
  /** SIGTERM; resolves with the exit code, after its own database is dropped. */
  stop(): Promise<number | null>;
  /** SIGKILL; the database stays, for a server that comes after. */
  kill9(): Promise<void>;
}

/**
 * The built server, ready, on a port and a database of its own (unless DATABASE_URL or DATA_DIR says which),
 * with the Redis and the MariaDB of the run, and no rate limit to speak of.
 */
export async function startServer({
  command = 'serve',
  env = {},
  flags = [],
  launcher = [],
  nodeFlags = [],
  tls = false,
}: ServerOptions = {}): Promise<TestServer> {
  const database = 'DATABASE_URL' in env || 'DATA_DIR' in env ? undefined : await cloneDatabase();
  const mysql = await mysqlBeside(database?.url ?? env.DATABASE_URL);
  const port = env.PORT ?? String(await freePort());
  const settings: Record<string, string> = {
    ...defaults(database, mysql),
    ...env,
    [command === 'serve' ? 'PORT' : 'WORKER_PORT']: port,
  };
  const [program, ...args] = [...launcher, process.execPath, ...nodeFlags, MAIN, command, ...flags];
  const child = spawn(program, args, {
    env: { ...PROGRAM_ENV, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endAfterTest(child);
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => logs.push(line));
  }
  const server = handle(
    child,
    `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    logs,
    settings.DATABASE_URL ?? '',
    database && { ...database, drop: () => dropAll([database, mysql]) },
  );
  try {
    await untilReady(server);
  } catch (error) {
    await server.kill9();
    if (database) await dropAll([database, mysql]);
    throw error;
  }
  return server;
}

/** Where access entries go in the runs that keep them in MariaDB: servers on one PostgreSQL database share one there too. */
async function mysqlBeside(postgresUrl: string | undefined): Promise<TestDatabase | undefined> {
  if (process.env.TEST_ACCESS_STORE !== 'mysql' || !postgresUrl) return undefined;
  return createMysqlDatabase(new URL(postgresUrl).pathname.slice(1));
}

async function dropAll(databases: readonly (TestDatabase | undefined)[]): Promise<void> {
  for (const database of databases) await database?.drop();
}

function defaults(
  database: TestDatabase | undefined,
  mysql: TestDatabase | undefined,
): Record<string, string> {
  return {
    SERVER_HOST: '127.0.0.1',
    API_KEYS: `test:default:ingest+query+admin=${KEY}`,
    RATE_LIMIT_BURST: '1000000',
    ...(database && { DATABASE_URL: database.url }),
    ...(mysql && { ACCESS_STORE: 'mysql', MYSQL_URL: mysql.url }),
    ...(process.env.TEST_WITH_REDIS_URL && { REDIS_URL: ofThisWorker(process.env.TEST_WITH_REDIS_URL) }),
  };
}

// What a suite in another worker stores in its project 1 would drop what is kept of this one's.
function ofThisWorker(redisUrl: string): string {
  const url = new URL(redisUrl);
  if (url.pathname.length <= 1) url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % 16}`;
  return url.href;
}

function handle(
  child: ChildProcess,
  url: string,
  logs: string[],
  databaseUrl: string,
  database: TestDatabase | undefined,
): TestServer {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const code = await exited;
    await database?.drop();
    return code;
  };
  const kill9 = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { url, key: KEY, databaseUrl, process: child, logs, stop, kill9 };
}

async function untilReady(server: TestServer): Promise<void> {
  const { process: child, url, logs } = server;
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += POLL_MS) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if ((await statusOf(`${url}/readiness`)) === 200) return;
    await delay(POLL_MS);
  }
  throw new Error(`the server is not ready:\n${logs.join('\n')}`);
}

function statusOf(url: string): Promise<number | undefined> {
  const get = url.startsWith('https:') ? https.get : http.get;
  return new Promise((resolve) => {
    // One that stayed open would keep the server's stop waiting for its last request.
    get(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once('error', () => resolve(undefined));
  });
}
