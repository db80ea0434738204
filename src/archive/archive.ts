import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { hourSummary } from '../core/access-summary.js';
import type { AccessReader } from '../core/ports/access-reader.js';
import type { AccessHours, AccessStats, HourRevision } from '../core/ports/access-stats.js';
import type { Clock } from '../core/ports/clock.js';
import type { ProjectStore } from '../core/ports/project-store.js';
import { hourPaths, type HourPaths, claimFolder, removeLeftFolders } from './hour-paths.js';
import { tightenWithin, unlessMissing } from './permissions.js';
import { makeFolder, removeTemporary, TempFile, type FileMark } from './temp-file.js';

/** Of the time, at most one part in so many goes into the writing of an hour that keeps growing … */
const REST = 10;

/** … where that takes long enough to matter. */
const QUICK_MS = 1_000;

/** Where the archive gets what it writes. */
export interface ArchiveSources {
  hours: AccessHours;
  entries: AccessReader;
  stats: AccessStats;
  projects: Pick<ProjectStore, 'list'>;
  clock: Clock;
}

/**
 * Failed hours after which a run ends: one that cannot be written must not hold up the others, and on a full disk all of them
 * fail.
 */
const MOST_FAILURES = 3;

/**
 * The hourly files of access entries in one folder. They are derived: what is missing or damaged is written again from the
 * store, for as long as that has all entries of the hour. To be used by one process at a time (see FolderLease).
 */
export class Archive {
  private isClean = false;

  constructor(
    private readonly dir: string,
    private readonly sources: ArchiveSources,
  ) {}

  /** Writes every hour whose files are not those of its revision, the newest first; removes what removed projects have left. */
  async update(stop: AbortSignal): Promise<void> {
    await this.clean();
    await removeLeftFolders(this.dir, new Set((await this.sources.projects.list()).values()));
    const failures: Error[] = [];
    const hours = await this.hours();
    for (const [project, id] of new Map(hours.map((hour) => [hour.project, hour.projectId]))) {
      await claimFolder(this.dir, project, id);
    }
    for (const hour of hours) {
      if (stop.aborted || failures.length === MOST_FAILURES) break;
      try {
        const paths = hourPaths(this.dir, hour);
        const due = await isDue(paths, hour.revision, this.sources.clock.nowMs());
        if (due) await this.write(hour, paths, stop);
      } catch (error) {
        failures.push(error as Error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Writes these hours, whatever is there; gives false for one that the store no longer has all of. */
  async rebuild(hour: HourRevision, stop: AbortSignal): Promise<boolean> {
    await this.clean();
    await claimFolder(this.dir, hour.project, hour.projectId);
    return this.write(hour, hourPaths(this.dir, hour), stop);
  }

  /** The hours that can be written, newest first. */
  async hours(): Promise<HourRevision[]> {
    return (await this.sources.hours.hours()).sort((a, b) => b.hour - a.hour || a.projectId - b.projectId);
  }

  private async clean(): Promise<void> {
    if (this.isClean) return;
    await makeFolder(this.dir);
    await removeTemporary(this.dir, true);
    await tightenWithin(this.dir);
    this.isClean = true;
  }

  /** The three files of an hour go in together, once all of them are on disk: what fails before that changes nothing. */
  private async write(hour: HourRevision, paths: HourPaths, stop: AbortSignal): Promise<boolean> {
    for (const file of [paths.logs, paths.summary]) await removeTemporary(path.dirname(file), false);
    const files: TempFile[] = [];
    const create = async (target: string) => {
      const file = await TempFile.create(target);
      files.push(file);
      return file;
    };
    try {
      await this.fill(hour, paths, create, stop);
      const isWhole = !stop.aborted && (await this.sources.hours.has(hour.projectId, hour.hour));
      if (isWhole) for (const file of files) await file.publish();
      return isWhole;
    } finally {
      for (const file of files) await file.discard();
    }
  }

  private async fill(
    { projectId, hour, revision }: HourRevision,
    paths: HourPaths,
    create: (target: string) => Promise<TempFile>,
    stop: AbortSignal,
  ): Promise<void> {
    const { entries, stats, clock } = this.sources;
    const startedMs = performance.now();
    const logs = await create(paths.logs);
    for await (const batch of entries.hour(projectId, hour)) {
      if (stop.aborted) return;
      await logs.write(batch.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    }
    const summary = await create(paths.summary);
    await summary.write(`${JSON.stringify(await hourSummary(stats, projectId, hour, clock.nowMs()))}\n`);
    const marks = { logs: await logs.finish(), summary: await summary.finish() };
    const tookMs = Math.round(performance.now() - startedMs);
    const state: HourState = { revision, ...marks, writtenAtMs: clock.nowMs(), tookMs };
    const stateFile = await create(paths.state);
    await stateFile.write(`${JSON.stringify(state)}\n`);
    await stateFile.finish();
  }
}

/** What an hour's files were made from, kept beside them. */
interface HourState {
  revision: number;
  logs: FileMark;
  summary: FileMark;
  writtenAtMs: number;
  tookMs: number;
}

/** Are the files due? */
async function isDue(paths: HourPaths, revision: number, nowMs: number): Promise<boolean> {
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
  const found = await stat(file).catch(unlessMissing);
  return (
    found !== undefined && found.isFile() && found.size === mark?.bytes && found.mtimeMs === mark.mtimeMs
  );
}

// Anything that is not JSON is foreign, or was damaged: the hour is written again.
async function readState(file: string): Promise<HourState | null> {
  const text = await readFile(file, 'utf8').catch(unlessMissing);
  try {
    return text === undefined ? null : (JSON.parse(text) as HourState | null);
  } catch {
    return null;
  }
}
