import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { OsUser } from './os-user.js';

const READY_POLL_MS = 10;
const KEPT_LINES = 50;
const SHELL = '/bin/sh';
const PIPE_FD = 3;

/**
 * Becomes the program that its arguments name, and leaves a shell beside it that reads from a pipe. The other end is held by
 * the server alone: when that ends, in whatever way, the kernel closes it, and the shell stops the program. It is its own
 * shell's child no more, for a postmaster must not have a child that it does not know; a signal to its group does not end it.
 * `$$` stays the pid that the program gets. That it is still the program's is looked at before each signal.
 */
const SCRIPT = `
cluster=$1
shift
((
  trap '' HUP INT TERM
  exec </dev/null >/dev/null 2>&1
  read -r ended <&${PIPE_FD} && exit
  ours() {
    command=$(tr '\\0' ' ' </proc/$$/cmdline || ps -p $$ -o command=)
    case $command in *"$cluster"*) ;; *) exit ;; esac
  }
  ours
  kill -INT $$
  for second in 1 2 3 4 5 6 7; do sleep 1; ours; done
  kill -QUIT $$
) &)
exec "$@" ${PIPE_FD}<&-
`;

/**
 * How PostgreSQL's programs run. Their whole environment: nothing of ours, which may hold secrets. Detached, as Ctrl-C reaches the
 * whole process group: PostgreSQL would stop before the server has stored what it accepted, or leave a half-made cluster.
 */
const APART = { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, detached: true };

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

/**
 * Starts PostgreSQL and resolves when it accepts connections, after a crash once it has recovered.
 * @throws Error with PostgreSQL's own message
 */
export async function startPostmaster(options: PostmasterOptions, aborted: AbortSignal): Promise<Postmaster> {
  const program = path.join(options.binDir, 'postgres');
  const args = ['-c', SCRIPT, 'sightline-watchdog', options.cluster, program, ...serverArgs(options)];
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'pipe'];
  const child = spawn(SHELL, args, { ...options.user.ids, ...APART, stdio });
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
    // No statement errors: the server logs its own, and PostgreSQL's may quote what clients sent.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
  };
  const set = Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, '-p', String(port), ...set];
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

/** Ends the watchdog together with the program, whose pid may be reused from then on. */
function endWithProgram(child: ChildProcess): void {
  const pipe = child.stdio[PIPE_FD] as Writable;
  // The watchdog itself may have been killed.
  pipe.on('error', () => undefined);
  child.once('exit', () => pipe.end('ended\n'));
}

/** Runs a program of PostgreSQL to its end. @throws an Error that carries what it wrote. */
export async function run(program: string, args: readonly string[], user: OsUser, input = ''): Promise<void> {
  const child = spawn(program, args, { ...user.ids, ...APART, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(output);
}

/** The line of PostgreSQL's output that says what was wrong. */
export function lastComplaint(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const complaint =
    lines.findLast((line) => /\b(FATAL|PANIC|ERROR|error):/.test(line)) ??
    lines.at(-1) ??
    'it gave no reason';
  return complaint.replace(/^.*?\b(FATAL|PANIC|ERROR|error):\s*/, '').trim();
}
