import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bound on the memory of the processes that are started in it, as a container has it. */
export interface MemoryLimit {
  /** What a command is to be started with. */
  launcher: readonly string[];
  /** Once no process is left in it. */
  remove(): void;
}

const V2 = '/sys/fs/cgroup';
const V1 = '/sys/fs/cgroup/memory';

let made = 0;

/** null where the system gives this user no such bound (no cgroups, or not root). */
export function limitMemory(megabytes: number): MemoryLimit | null {
  const [root, file] = isV2() ? [V2, 'memory.max'] : [V1, 'memory.limit_in_bytes'];
  const group = join(root, `sightline-test-${process.pid}-${++made}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, file), String(megabytes * 1024 * 1024));
  } catch {
    if (existsSync(group)) rmdirSync(group);
    return null;
  }
  return {
    launcher: ['sh', '-c', `echo $$ > ${join(group, 'cgroup.procs')} && exec "$@"`, 'sh'],
    remove: () => rmdirSync(group),
  };
}

function isV2(): boolean {
  const controllers = join(V2, 'cgroup.subtree_control');
  return existsSync(controllers) && readFileSync(controllers, 'utf8').includes('memory');
}
