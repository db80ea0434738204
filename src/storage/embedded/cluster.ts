import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { POSTGRES_MAJOR } from './binaries.js';
import { asDataDirError, DataDirError } from './data-dir-error.js';
import type { OsUser } from './os-user.js';
import { lastComplaint, run } from './postmaster.js';

const TEMPORARY = 'postgres.init-';
const PASSWORD_FILE = 'sightline.password';
const ROLE = 'sightline';
const SUPERUSER = 'postgres';

/** Where PostgreSQL's own files lie. */
export const clusterDirOf = (dataDir: string) => path.join(dataDir, 'postgres');

/** The address of the application's database on a running cluster. */
export function clusterUrl(dataDir: string, port: number): string {
  const password = readFileSync(path.join(clusterDirOf(dataDir), PASSWORD_FILE), 'utf8');
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${ROLE}`;
}

/** The same for what the application's role may not do: the superuser of the cluster has the same password. */
export function superuserUrl(url: string): URL {
  const address = new URL(url);
  address.username = SUPERUSER;
  return address;
}

/**
 * Makes the cluster where there is none: made in a directory beside and renamed, so that one which is there is whole,
 * with its password, role and database. @throws DataDirError, also for a cluster of another major version.
 */
export async function ensureCluster(dataDir: string, binDir: string, user: OsUser): Promise<void> {
  const cluster = clusterDirOf(dataDir);
  if (existsSync(cluster)) return checkVersion(cluster);
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(TEMPORARY)) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  }
  const temporary = path.join(dataDir, TEMPORARY + randomBytes(6).toString('hex'));
  try {
    await makeCluster(temporary, binDir, user);
    renameSync(path.join(temporary, 'cluster'), cluster);
  } catch (error) {
    throw cannotMake(dataDir, error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function checkVersion(cluster: string): void {
  const file = path.join(cluster, 'PG_VERSION');
  const major = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (major === undefined)
    throw new DataDirError(`${cluster} is not a PostgreSQL data directory (it has no PG_VERSION)`);
  if (major !== POSTGRES_MAJOR) {
    throw new DataDirError(
      `${cluster} was created by PostgreSQL ${major}, this is PostgreSQL ${POSTGRES_MAJOR}: see docs/operations.md for how to upgrade it`,
    );
  }
}

async function makeCluster(temporary: string, binDir: string, user: OsUser): Promise<void> {
  mkdirSync(temporary, { mode: 0o700 });
  const own = (file: string) => user.ids && chownSync(file, user.ids.uid, user.ids.gid);
  own(temporary);
  const cluster = path.join(temporary, 'cluster');
  const passwordFile = path.join(temporary, PASSWORD_FILE);
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600, flush: true });
  own(passwordFile);
  await run(path.join(binDir, 'initdb'), initdbArgs(cluster, passwordFile), user);
  // Single-user mode ends a statement at an empty line. The server needs no superuser, so it gets a role without such rights.
  const sql = `create role ${ROLE} login password '${password}';\n\ncreate database ${ROLE} owner ${ROLE};\n\n`;
  await run(path.join(binDir, 'postgres'), ['--single', '-j', '-D', cluster, 'postgres'], user, sql);
  renameSync(passwordFile, path.join(cluster, PASSWORD_FILE));
}

function initdbArgs(cluster: string, passwordFile: string): string[] {
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const set = Object.entries(TUNING).map(([name, value]) => `--set=${name}=${value}`);
  return [`--pgdata=${cluster}`, ...access, ...locale, '--no-instructions', ...set];
}

/** Defaults written to postgresql.conf, where the operator may change them; meant for steady ingest on a small machine. */
const TUNING = {
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // Fewer checkpoints: fewer full page images of the same pages.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // JIT compilation takes longer than a dashboard's short queries.
  jit: 'off',
};

function cannotMake(dataDir: string, error: unknown): unknown {
  const known = asDataDirError(dataDir, error);
  if (known !== error || !(error instanceof Error)) return known;
  if (/no space left/i.test(error.message))
    return new DataDirError(`DATA_DIR ${dataDir}: no space left on device`);
  return new DataDirError(
    `DATA_DIR ${dataDir}: the database could not be created: ${lastComplaint(error.message)}`,
  );
}
