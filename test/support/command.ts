import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { endAfterTest } from './processes.js';
import { MAIN, PROGRAM_ENV } from './server.js';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Command {
  process: ChildProcess;
  done: Promise<Ended>;
}

/** `sightline ARGS` of the built program, with these settings and no others. Its stdin may be kept open, to be written to. */
export function sightline(
  args: readonly string[],
  env: Record<string, string> = {},
  input: string | null = null,
  keepOpen = false,
): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...PROGRAM_ENV, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  endAfterTest(child);
  if (!keepOpen) child.stdin.end(input ?? '');
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const done = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]) => ({ code, stdout, stderr }),
  );
  return { process: child, done };
}
