import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The tool is built at its first use. */
const MOST_MS = 180_000;
const HOME = join(tmpdir(), 'sightline-go');

/** `go tool pprof ARGS`, by TEST_GO; null where there is no Go. */
export async function goToolPprof(): Promise<((...args: string[]) => Promise<string>) | null> {
  const go = process.env.TEST_GO;
  if (!go) return null;
  mkdirSync(HOME, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=mod',
  };
  const pprof = async (...args: string[]) => {
    const { stdout } = await run(go, ['tool', 'pprof', ...args], { env, timeout: MOST_MS, cwd: HOME });
    return stdout;
  };
  try {
    await pprof('-help');
    return pprof;
  } catch (error) {
    // It says so where it is there: usage goes to stderr.
    if ((error as { stderr?: string }).stderr?.includes('pprof <format>')) return pprof;
    return null;
  }
}
