import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Gauge } from 'prom-client';

/** Looks at the disks of these folders when scraped; a folder that is not there, or not wanted (''), has no value. */
export function watchDisks(
  gauge: Gauge,
  folders: Record<string, string>,
  bytes: (disk: StatsFs) => number,
): void {
  const wanted = Object.entries(folders).filter(([, path]) => path !== '');
  const look = async (folder: string, path: string): Promise<void> => {
    try {
      gauge.set({ folder }, bytes(await statfs(path)));
    } catch {
      gauge.remove({ folder });
    }
  };
  Object.assign(gauge, { collect: () => Promise.all(wanted.map(([folder, path]) => look(folder, path))) });
}
