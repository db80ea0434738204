import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Which process holds DATA_DIR, for later commands. `url` is there once PostgreSQL accepts connections. */
export interface Connection {
  pid: number;
  role: 'server' | 'command';
  url?: string;
}

const fileOf = (dataDir: string) => path.join(dataDir, 'connection.json');

/** Readable by its owner only: the url holds the password. */
export function writeConnection(dataDir: string, connection: Connection): void {
  const temporary = `${fileOf(dataDir)}.${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify(connection), { mode: 0o600 });
    renameSync(temporary, fileOf(dataDir));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What the holder wrote; null where there is none, or only what a killed process left. */
export function readConnection(dataDir: string): Connection | null {
  try {
    const connection = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Connection;
    return isAlive(connection.pid) ? connection : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function removeConnection(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}
