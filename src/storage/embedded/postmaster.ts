import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import type { OsUser } from './os-user.js';
import { CHILD_ENV, lastComplaint } from './run.js';
import { endWithProgram, watched } from './watchdog.js';

const READY_POLL_MS = 10;
const KEPT_LINES = 50;

export interface PostmasterOptions {
  binDir: string;
  cluster: string;
  port: number;
  user: OsUser;
  /** Gets each line that PostgreSQL logs. */
  log: (line: string) => void;
}

/** One running postmaster. */
export interface Postmaster {
  /** Resolves with how it ended; never rejects. */
  exited: Promise<string>;
  signal(name: NodeJS.Signals): void;
}

/** Starts PostgreSQL and resolves when it takes connections, after a crash only when it has recovered. @throws what it complains of. */
export async function startPostmaster(options: PostmasterOptions, aborted: AbortSignal): Promise<Postmaster> {
  const program = path.join(options.binDir, 'postgres');
  const { command, args, stdio } = watched(program, serverArgs(options), options.cluster);
  // Ctrl-C goes to a whole process group: PostgreSQL would stop before the server has stored what it took in.
  const child = spawn(command, args, {
    ...options.user.ids,
    cwd: '/',
    env: CHILD_ENV,
    stdio,
    detached: true,
  });
  const lines = keepLines(child, options.log);
  const closed = new Promise((resolve) => child.once('close', resolve));
  endWithProgram(child);
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(name ?? `exit code ${code}`));
  }).then((how) => (ended = how));
  const stop = () => child.kill('SIGINT');
  if (aborted.aborted) stop();
  aborted.addEventListener('abort', stop, { once: true });
  while (ended === undefined && !isReady(options.cluster, child.pid)) await delay(READY_POLL_MS);
  aborted.removeEventListener('abort', stop);
  if (ended === undefined) return { exited, signal: (name) => void child.kill(name) };
  await closed;
  throw new Error(lastComplaint(lines.join('\n') || ended));
}

/** What the promise of durability and the way in rest on: given here, it goes before whatever postgresql.conf says. */
function serverArgs({ cluster, port }: PostmasterOptions): string[] {
  const fixed = {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // No errors of statements: the server logs its own, and these may quote what clients sent.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
  };
  return [
    '-D',
    cluster,
    '-p',
    String(port),
    ...Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

function keepLines({ stderr }: ChildProcess, log: (line: string) => void): string[] {
  const lines: string[] = [];
  createInterface({ input: stderr as Readable }).on('line', (line) => {
    if (lines.push(line) > KEPT_LINES) lines.shift();
    log(line);
  });
  return lines;
}

/** The eighth line of postmaster.pid is the state, as pg_ctl reads it. */
function isReady(cluster: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
