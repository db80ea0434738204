import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirError } from './data-dir-error.js';

const POLL_MS = 20;
const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 5_000;

/**
 * Ends what an earlier run left in a cluster: a postmaster whose server was killed, or backends whose postmaster was.
 * Call it under the lock of DATA_DIR, when nothing of that may be wanted.
 * @throws DataDirError when something does not end.
 */
export async function clearLeftovers(cluster: string): Promise<void> {
  const postmaster = postmasterPid(cluster);
  const found = processesIn(cluster, postmaster);
  if (postmaster !== undefined && found.includes(postmaster)) {
    signal([postmaster], 'SIGINT');
    if (await allGone(cluster, postmaster, FAST_STOP_MS)) return;
  }
  signal(processesIn(cluster, postmaster), 'SIGQUIT');
  if (!(await allGone(cluster, postmaster, IMMEDIATE_STOP_MS))) {
    throw new DataDirError(
      `an earlier PostgreSQL (pid ${processesIn(cluster, postmaster).join(', ')}) is still running in ${cluster}`,
    );
  }
  // PostgreSQL would mistake another process that has reused the pid in its file, as after a container's restart, for itself.
  if (process.platform === 'linux') rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
}

/** The pid in postmaster.pid, whether that process lives or not. */
function postmasterPid(cluster: string): number | undefined {
  try {
    return Number(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** PostgreSQL's processes work in the cluster's directory. Where there is no /proc, only the postmaster is found. */
function processesIn(cluster: string, postmaster: number | undefined): number[] {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => workingDir(pid) === cluster).map(Number);
  }
  if (postmaster === undefined) return [];
  const command = spawnSync('ps', ['-p', String(postmaster), '-o', 'command='], { encoding: 'utf8' }).stdout;
  return command.includes(cluster) ? [postmaster] : [];
}

function workingDir(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone meanwhile, or another user's
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function allGone(cluster: string, postmaster: number | undefined, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += POLL_MS) {
    if (processesIn(cluster, postmaster).length === 0) return true;
    await delay(POLL_MS);
  }
  return false;
}
