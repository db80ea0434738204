import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
const FAST = ['fsync=off', 'full_page_writes=off', 'max_connections=300'];

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
  const program = await programOf(`${DEBIAN_15}/postgres`, 'postgresql-15');
  return program && start(DEBIAN_15, ['--locale=C.UTF-8']);
}

/** pg_dump of version 15, which the schema dump is made with. */
export const pgDump15 = () => process.env.PG_DUMP ?? `${DEBIAN_15}/pg_dump`;

const external = (url) => ({ url, stop: () => undefined });
const remove = (dir) => rmSync(dir, { recursive: true, force: true });

async function start(binDir, locale) {
  const server = await PostgresServer.make(binDir, locale, FAST);
  await server.start();
  return { url: server.url, stop: () => server.stop() };
}

/** A server with a data directory of its own: it may be restarted. */
export class PostgresServer {
  /** @param binDir where `initdb` and `pg_ctl` are; by default those of the embedded one, copied. */
  static async make(binDir, locale = BUILTIN_UTF8, settings = []) {
    const server = new PostgresServer();
    server.ids = databaseUser().ids;
    server.dir = mkdtempSync(path.join(tmpdir(), 'sightline-pg-'));
    if (server.ids) chownSync(server.dir, server.ids.uid, server.ids.gid);
    server.binDir = binDir ?? (await locateBinaries(server.dir, databaseUser()));
    server.data = path.join(server.dir, 'data');
    const cluster = ['-D', server.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', ...locale];
    const { status, stderr, error } = server.#run('initdb', ...cluster, '--no-sync', '--no-instructions');
    if (status !== 0) throw new Error(`initdb of ${server.binDir} failed: ${error?.message ?? stderr}`);
    const port = await freePort();
    server.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const options = [...settings, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    server.options = `-p ${port} ${options.map((setting) => `-c ${setting}`).join(' ')}`;
    return server;
  }

  /** Resolves once it takes connections. */
  start() {
    return this.#control('start', '-o', this.options);
  }

  /** Goes down as `pg_ctl -m` has it, and comes back. */
  restart(mode) {
    return this.#control('restart', '-m', mode);
  }

  stop() {
    this.#run('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', this.data);
    remove(this.dir);
  }

  // Not waited for in this process: a test goes on meanwhile.
  async #control(...args) {
    const log = path.join(this.dir, 'log');
    const all = [...args, '-w', '-D', this.data, '-l', log];
    const child = spawn(path.join(this.binDir, 'pg_ctl'), all, { ...this.#options(), stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`pg_ctl ${args[0]} of ${this.binDir} failed: see ${log}`);
  }

  #run(program, ...args) {
    // A daemon that inherits a pipe keeps spawnSync waiting for its end.
    const stdio = program === 'pg_ctl' ? 'ignore' : 'pipe';
    return spawnSync(path.join(this.binDir, program), args, { ...this.#options(), stdio, encoding: 'utf8' });
  }

  #options() {
    return { ...this.ids, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } };
  }
}
