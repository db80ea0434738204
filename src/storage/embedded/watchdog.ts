import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Writable } from 'node:stream';

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

/** The command that runs `program` under the watchdog, for `spawn`, with the pipe in its `stdio`. */
export function watched(
  program: string,
  args: readonly string[],
  cluster: string,
): { command: string; args: string[]; stdio: SpawnOptions['stdio'] } {
  return {
    command: SHELL,
    args: ['-c', SCRIPT, 'sightline-watchdog', cluster, program, ...args],
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  };
}

/** Ends the watchdog with the program: from then on the pid may be another's. */
export function endWithProgram(child: ChildProcess): void {
  const pipe = child.stdio[PIPE_FD] as Writable;
  // The watchdog itself may have been killed.
  pipe.on('error', () => undefined);
  child.once('exit', () => pipe.end('ended\n'));
}
