import { readFile, stat } from 'node:fs/promises';
import type { HourPaths } from './hour-paths.js';
import type { FileMark } from './temp-file.js';

/** What an hour's files were made from, kept beside them. */
export interface HourState {
  revision: number;
  logs: FileMark;
  summary: FileMark;
  writtenAtMs: number;
  tookMs: number;
}

/** Of the time, at most one part in so many goes into the writing of an hour that keeps growing … */
const REST = 10;
/** … where that takes long enough to matter. */
const QUICK_MS = 1_000;

/** Have the files to be written, now? */
export async function isDue(paths: HourPaths, revision: number, nowMs: number): Promise<boolean> {
  const state = await readState(paths.state);
  if (state === null) return true;
  if (!(await isAsMarked(paths.logs, state.logs)) || !(await isAsMarked(paths.summary, state.summary)))
    return true;
  return state.revision !== revision && !isResting(state, nowMs);
}

// An hour of ten million entries takes half a minute to write: not over and over again while it is still growing.
function isResting({ writtenAtMs, tookMs }: HourState, nowMs: number): boolean {
  const agoMs = nowMs - writtenAtMs;
  return tookMs > QUICK_MS && agoMs >= 0 && agoMs < tookMs * (REST - 1);
}

async function isAsMarked(file: string, mark: FileMark | undefined): Promise<boolean> {
  const found = await stat(file).catch(nullIfMissing);
  return found !== null && found.isFile() && found.size === mark?.bytes && found.mtimeMs === mark.mtimeMs;
}

// What is no JSON was not written by this, or by a disk that failed: then the hour is written anew.
async function readState(file: string): Promise<HourState | null> {
  const text = await readFile(file, 'utf8').catch(nullIfMissing);
  try {
    return text === null ? null : (JSON.parse(text) as HourState | null);
  } catch {
    return null;
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
