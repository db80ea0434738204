import path from 'node:path';
import { DEFAULT_PROJECT } from '../core/api-key.js';
import type { HourRevision } from '../core/access-stats.js';

/** The files of an hour. */
export interface HourPaths {
  /** The entries: NDJSON, oldest first. */
  logs: string;
  summary: string;
  /** What the two others were made from. */
  state: string;
}

/** `dir`: the archive. The default project's files lie at its top. */
export function projectFolder(dir: string, project: string): string {
  return project === DEFAULT_PROJECT ? dir : path.join(dir, 'projects', project);
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
