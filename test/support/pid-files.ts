import { readFileSync } from 'node:fs';
import path from 'node:path';

// Who makes these files removes them whenever it wants: looking first whether one is there is a race.
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The postmaster of DATA_DIR; its file outlives one that was killed, and is empty for a moment as it is made. */
export function postmasterOf(dataDir: string): number | undefined {
  return parseInt(read(path.join(dataDir, 'postgres', 'postmaster.pid')) ?? '') || undefined;
}

/** The server that holds DATA_DIR; undefined after it has stopped in order. */
export function holderOf(dataDir: string): number | undefined {
  const text = read(path.join(dataDir, 'connection.json'));
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number }).pid;
}
