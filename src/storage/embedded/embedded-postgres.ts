import { randomInt } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lockFile, type FileLock } from '../file-lock.js';
import { locateBinaries } from './binaries.js';
import { clusterDirOf, clusterUrl, ensureCluster } from './cluster.js';
import { readConnection, removeConnection, writeConnection, type Connection } from './connection-file.js';
import { asDataDirError, DataDirError } from './data-dir-error.js';
import { prepareDataDir } from './data-dir.js';
import { databaseUser, type OsUser } from './os-user.js';
import { Supervisor } from './supervisor.js';

const HOLDER_POLL_MS = 50;
/** How long to wait for a command that holds DATA_DIR to end, or for a server to be up. */
const HOLDER_WAIT_MS = 30_000;
const STOP_MS = 10_000;

export interface EmbeddedPostgresOptions {
  /** Gets each line that PostgreSQL logs. */
  log?: (line: string) => void;
  /** Longest time that `stop` may take; after it PostgreSQL is killed, and recovers at its next start. */
  stopWithinMs?: number;
  /** Aborts a start that is still waiting or recovering. */
  stopping?: AbortSignal;
}

export interface EmbeddedPostgres {
  url: string;
  dataDir: string;
  stop(): Promise<void>;
  /** Resolves after `stop`, or with the reason when PostgreSQL cannot be brought back. */
  exited: Promise<Error | undefined>;
}

/**
 * For the server: PostgreSQL in DATA_DIR/postgres, made at the first call, kept running until `stop`.
 * @throws DataDirError, with one line that says what is wrong; also while another server has this DATA_DIR.
 */
export async function openEmbeddedPostgres(
  dataDir: string,
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const place = enter(dataDir);
  const lock = await waitFor(() => {
    const free = lockOf(place.dir);
    if (free === null && readConnection(place.dir)?.role === 'server') throw taken(place.dir);
    return free;
  }, options.stopping);
  if (lock === null) throw taken(place.dir);
  return open(place, lock, 'server', options);
}

/** Is there a cluster in DATA_DIR, or a server that is making one? */
export function hasEmbeddedPostgres(dataDir: string): boolean {
  return existsSync(clusterDirOf(dataDir)) || readConnection(dataDir) !== null;
}

/** For a command: the database of the server that runs on DATA_DIR, else one for the time of the command. */
export async function attachEmbeddedPostgres(
  dataDir: string,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const place = enter(dataDir);
  const found = await waitFor(() => {
    const lock = lockOf(place.dir);
    if (lock !== null) return { lock };
    const holder = readConnection(place.dir);
    return holder?.role === 'server' && holder.url !== undefined ? { url: holder.url } : null;
  });
  if (found === null) throw taken(place.dir);
  if (found.lock) return open(place, found.lock, 'command', {});
  return { url: found.url, stop: () => Promise.resolve() };
}

function lockOf(dir: string): FileLock | null {
  try {
    return lockFile(path.join(dir, 'lock'));
  } catch (error) {
    throw asDataDirError(dir, error);
  }
}

interface Place {
  dir: string;
  user: OsUser;
}

function enter(configured: string): Place {
  const dataDir = path.resolve(configured);
  const user = databaseUser(clusterDirOf(dataDir));
  prepareDataDir(dataDir, user);
  return { dir: realpathSync(dataDir), user };
}

async function open(
  place: Place,
  lock: FileLock,
  role: Connection['role'],
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dir } = place;
  try {
    writeConnection(dir, { pid: process.pid, role });
    const { supervisor, port } = await start(place, options);
    const url = clusterUrl(dir, port);
    writeConnection(dir, { pid: process.pid, role, url });
    const stop = async () => {
      await supervisor.stop(options.stopWithinMs ?? STOP_MS);
      removeConnection(dir);
      lock.release();
    };
    let stopped: Promise<void> | undefined;
    return { url, dataDir: dir, exited: supervisor.exited, stop: () => (stopped ??= stop()) };
  } catch (error) {
    removeConnection(dir);
    lock.release();
    throw asDataDirError(dir, error);
  }
}

function taken(dataDir: string): DataDirError {
  const pid = readConnection(dataDir)?.pid ?? 'unknown';
  return new DataDirError(`another sightline (pid ${pid}) is running on ${dataDir}`);
}

async function start(
  { dir, user }: Place,
  { log = () => undefined, stopping = new AbortController().signal }: EmbeddedPostgresOptions,
): Promise<{ supervisor: Supervisor; port: number }> {
  const binDir = await locateBinaries(dir, user);
  await ensureCluster(dir, binDir, user);
  const port = await freePort();
  const cluster = realpathSync(clusterDirOf(dir));
  try {
    return { port, supervisor: await Supervisor.start({ binDir, cluster, port, user, log }, stopping) };
  } catch (error) {
    if (error instanceof DataDirError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataDirError(`DATA_DIR ${dir}: PostgreSQL did not start: ${reason}`);
  }
}

/** Below the range that systems give to outgoing connections, so that a restart finds its port free. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}

async function waitFor<T>(condition: () => T | null, stopping?: AbortSignal): Promise<T | null> {
  for (let waitedMs = 0; ; waitedMs += HOLDER_POLL_MS) {
    const result = condition();
    if (result !== null || waitedMs >= HOLDER_WAIT_MS) return result;
    await delay(HOLDER_POLL_MS, undefined, { signal: stopping });
  }
}
