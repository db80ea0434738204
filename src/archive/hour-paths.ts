import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { HourRevision } from '../core/ports/access-stats.js';
import { DEFAULT_PROJECT } from '../core/ports/api-key.js';
import { entriesOf, unlessMissing } from './permissions.js';
import { makeFolder, writeAtomically } from './temp-file.js';

const PROJECTS = 'projects';

/** Marks a folder with its project's id: after a removal another project may have the same name. */
const ID_FILE = '.project';

/** The files of an hour. */
export interface HourPaths {
  /** The entries: NDJSON, oldest first. */
  logs: string;
  summary: string;
  /** What the two others were made from. */
  state: string;
}

/** `dir`: the archive. The default project's files lie at its top. */
function projectFolder(dir: string, project: string): string {
  return project === DEFAULT_PROJECT ? dir : path.join(dir, PROJECTS, project);
}

export function hourPaths(dir: string, { project, hour }: Pick<HourRevision, 'project' | 'hour'>): HourPaths {
  const root = projectFolder(dir, project);
  const time = new Date(hour / 1000).toISOString();
  const [day, hh] = [time.slice(0, 10), time.slice(11, 13)];
  return {
    logs: path.join(root, 'logs', day, `${hh}.log.json`),
    summary: path.join(root, 'analytics', day, `summary_${hh}.json`),
    state: path.join(root, 'analytics', day, `.summary_${hh}.state.json`),
  };
}

/** Claims a project's folder: files left by an earlier project of the same name are removed. */
export async function claimFolder(dir: string, project: string, projectId: number): Promise<void> {
  const folder = projectFolder(dir, project);
  if (folder === dir) return;
  const owner = await ownerOf(folder);
  if (owner === projectId) return;
  if (owner !== null) await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  await writeAtomically(path.join(folder, ID_FILE), String(projectId));
}

/** Removes the folders of projects that no longer exist. */
export async function removeLeftFolders(dir: string, ids: ReadonlySet<number>): Promise<void> {
  for (const { name } of await entriesOf(path.join(dir, PROJECTS), false)) {
    const folder = path.join(dir, PROJECTS, name);
    const owner = await ownerOf(folder);
    if (owner !== null && !ids.has(owner)) await rm(folder, { recursive: true, force: true });
  }
}

async function ownerOf(folder: string): Promise<number | null> {
  const text = await readFile(path.join(folder, ID_FILE), 'utf8').catch(unlessMissing);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
