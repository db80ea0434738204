import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { projectFolder } from './hour-paths.js';
import { makeFolder, writeWhole } from './temp-file.js';

const PROJECTS = 'projects';
/** Names the project that a folder belongs to by its id: a project that was removed may come again under its name. */
const ID_FILE = '.project';

/** Makes a project's folder its own: what a project of the same name has left there goes. */
export async function claimFolder(dir: string, project: string, projectId: number): Promise<void> {
  const folder = projectFolder(dir, project);
  if (folder === dir) return;
  const owner = await ownerOf(folder);
  if (owner === projectId) return;
  if (owner !== null) await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  await writeWhole(path.join(folder, ID_FILE), String(projectId));
}

/** Removes the folders of projects that are there no more. */
export async function removeLeftFolders(dir: string, ids: ReadonlySet<number>): Promise<void> {
  const names = await readdir(path.join(dir, PROJECTS)).catch(noneIfMissing);
  for (const name of names) {
    const folder = path.join(dir, PROJECTS, name);
    const owner = await ownerOf(folder);
    if (owner !== null && !ids.has(owner)) await rm(folder, { recursive: true, force: true });
  }
}

async function ownerOf(folder: string): Promise<number | null> {
  const text = await readFile(path.join(folder, ID_FILE), 'utf8').catch(noneIfMissing);
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : null;
}

function noneIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
