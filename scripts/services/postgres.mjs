import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { locateBinaries } from '../../dist/src/storage/embedded/binaries.js';
import { databaseUser } from '../../dist/src/storage/embedded/os-user.js';
import { programOf } from './debian.mjs';
import { freePort } from './free-port.mjs';

const DEBIAN_15 = '/usr/lib/postgresql/15/bin';
const BUILTIN_UTF8 = ['--locale-provider=builtin', '--locale=C.UTF-8'];
/** Tests lose nothing in a power cut. */
const FAST = ['fsync=off', 'full_page_writes=off', 'autovacuum_naptime=10s', 'max_connections=300'];

/** PostgreSQL 18: the embedded one's programs. */
export async function postgres18() {
  if (process.env.TEST_POSTGRES18_URL) return external(process.env.TEST_POSTGRES18_URL);
  const copies = mkdtempSync(path.join(tmpdir(), 'sightline-bin-'));
  spawnSync('chmod', ['755', copies]);
  const service = await start(await locateBinaries(copies, databaseUser()), BUILTIN_UTF8);
  return { ...service, stop: () => (service.stop(), remove(copies)) };
}

/** PostgreSQL 15: TEST_POSTGRES15_URL, else Debian's; undefined where there is none. */
export async function postgres15() {
  if (process.env.TEST_POSTGRES15_URL) return external(process.env.TEST_POSTGRES15_URL);
  return programOf(`${DEBIAN_15}/postgres`, 'postgresql-15') && start(DEBIAN_15, ['--locale=C.UTF-8']);
}

/** pg_dump of version 15, which the schema dump is made with. */
export const pgDump15 = () => process.env.PG_DUMP ?? `${DEBIAN_15}/pg_dump`;

const external = (url) => ({ url, stop: () => undefined });
const remove = (dir) => rmSync(dir, { recursive: true, force: true });

async function start(binDir, locale) {
  const { ids } = databaseUser();
  const dir = mkdtempSync(path.join(tmpdir(), 'sightline-pg-'));
  if (ids) chownSync(dir, ids.uid, ids.gid);
  const run = (program, ...args) => {
    const options = {
      ...ids,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    };
    // A daemon that inherits a pipe keeps spawnSync waiting for its end.
    const stdio = program === 'pg_ctl' ? 'ignore' : 'pipe';
    const { status, stderr, error } = spawnSync(path.join(binDir, program), args, { ...options, stdio });
    if (status !== 0)
      throw new Error(`${program} of ${binDir} failed: ${error?.message ?? stderr ?? `see ${dir}/log`}`);
  };
  const data = path.join(dir, 'data');
  run(
    'initdb',
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    ...locale,
    '--no-sync',
    '--no-instructions',
  );
  const port = await freePort();
  const settings = [...FAST, 'listen_addresses=127.0.0.1', 'unix_socket_directories='].map(
    (setting) => `-c ${setting}`,
  );
  run(
    'pg_ctl',
    'start',
    '-w',
    '-D',
    data,
    '-l',
    path.join(dir, 'log'),
    '-o',
    `-p ${port} ${settings.join(' ')}`,
  );
  const stop = () => {
    run('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', data);
    remove(dir);
  };
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
}
