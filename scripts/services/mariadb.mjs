import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { databaseUser } from '../../dist/src/storage/embedded/os-user.js';
import { programOf } from './debian.mjs';
import { freePort } from './free-port.mjs';

const START_MS = 120_000;
const POLL_MS = 20;
/** Tests lose nothing in a power cut. */
const FAST = [
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=256M',
];

/** MariaDB 10.11: TEST_MYSQL_URL, else Debian's; undefined where there is none. */
export async function mariadb() {
  if (process.env.TEST_MYSQL_URL) return { url: process.env.TEST_MYSQL_URL, stop: () => undefined };
  const program = await mariadbProgram();
  if (!program) return undefined;
  const server = await MariadbServer.make(program);
  await server.start(FAST);
  return server;
}

/** The path of mariadbd; undefined where there is none. */
export const mariadbProgram = () => programOf('/usr/sbin/mariadbd', 'mariadb-server');

/** A server with a data directory of its own: it may be killed and started again. */
export class MariadbServer {
  #child;

  static async make(program) {
    const server = new MariadbServer();
    const { ids } = databaseUser();
    server.ids = ids;
    server.program = program;
    server.dir = mkdtempSync(path.join(tmpdir(), 'sightline-mariadb-'));
    if (ids) chownSync(server.dir, ids.uid, ids.gid);
    server.port = await freePort();
    server.url = `mysql://root@127.0.0.1:${server.port}/`;
    // As root it would hand its files to the user mysql; it runs as ours and needs no privileges.
    const install = [
      '--no-defaults',
      `--datadir=${server.dir}/data`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--innodb-log-file-size=32M',
    ];
    const { status, stderr } = spawnSync('mariadb-install-db', install, {
      ...server.#options(),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`mariadb-install-db failed: ${stderr}`);
    return server;
  }

  /** Resolves once it takes connections. */
  async start(settings = []) {
    const args = [
      '--no-defaults',
      `--datadir=${this.dir}/data`,
      `--socket=${this.dir}/socket`,
      `--pid-file=${this.dir}/pid`,
      `--log-error=${this.dir}/log`,
      // A server that starts removes what it takes for leftovers in there: another one's temporary tables.
      `--tmpdir=${this.dir}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--max-connections=300',
      '--innodb-log-file-size=32M',
      ...settings,
    ];
    // Its own group: Ctrl-C must not end it under the suites that still clean up.
    this.#child = spawn(this.program, args, { ...this.#options(), stdio: 'ignore', detached: true });
    const giveUpAtMs = performance.now() + START_MS;
    while (!(await answers(this.port))) {
      if (this.#child.exitCode !== null || performance.now() > giveUpAtMs)
        throw new Error(`mariadbd did not start: see ${this.dir}/log`);
      await delay(POLL_MS);
    }
  }

  async kill9() {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  stop() {
    this.#child?.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  #options() {
    return { ...this.ids, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } };
  }
}

/** It greets whoever connects. */
function answers(port) {
  const socket = createConnection({ port, host: '127.0.0.1' });
  const greeted = new Promise((resolve) => {
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  return greeted.finally(() => socket.destroy());
}
