import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programOf } from './debian.mjs';
import { freePort } from './free-port.mjs';

/** Redis: TEST_REDIS_URL, else Debian's; undefined where there is none. */
export async function redis() {
  if (process.env.TEST_REDIS_URL) return { url: process.env.TEST_REDIS_URL, stop: () => undefined };
  const program = await programOf('/usr/bin/redis-server', 'redis-server');
  if (!program) return undefined;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  // Its own group: Ctrl-C must not end it under the suites that still clean up.
  const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  await ready(child);
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}

async function ready(child) {
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`redis-server ended with ${code}`)),
  );
  failed.catch(() => undefined);
  const started = new Promise((resolve) => {
    lines.on('line', (line) => line.includes('Ready to accept connections') && resolve());
  });
  await Promise.race([started, failed]);
}
