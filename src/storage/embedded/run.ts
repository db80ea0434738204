import { spawn } from 'node:child_process';
import type { OsUser } from './os-user.js';

/** All that PostgreSQL's programs get of an environment: none of ours, which may hold secrets. */
export const CHILD_ENV = { LC_ALL: 'C', TZ: 'UTC' };

/** Runs a program of PostgreSQL to its end. @throws an Error that carries what it wrote. */
export async function run(program: string, args: readonly string[], user: OsUser, input = ''): Promise<void> {
  // Detached: a Ctrl-C that is meant for the server would leave a cluster half made.
  const child = spawn(program, args, {
    ...user.ids,
    cwd: '/',
    env: CHILD_ENV,
    stdio: 'pipe',
    detached: true,
  });
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
