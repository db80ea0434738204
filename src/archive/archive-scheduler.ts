import type { Counter } from 'prom-client';
import { type Job, MaintenanceScheduler } from '../maintenance/scheduler.js';
import type { Archive } from './archive.js';
import type { FolderLease } from './folder-lease.js';

/** Brings the archive up to date, once in all processes of a folder. Started and stopped by whoever starts the application. */
export class ArchiveScheduler extends MaintenanceScheduler {}

/** `runs` counts each run that has ended well. */
export function archiveJob(archive: Archive, lease: FolderLease, everyMs: number, runs: Counter): Job {
  const run = async (stop: AbortSignal): Promise<void> => {
    await lease.alone(async () => {
      await archive.update(stop);
      runs.inc();
    });
  };
  return { name: 'archive', everyMs, run };
}
