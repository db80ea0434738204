import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/settings.js';
import { databaseUrl } from './database-url.js';
import { madeDataDirOf } from './open-database.js';
import { addSettings, readCommandConfig } from './setting-option.js';

const KEY_FILE = 'api-key';

/** `sightline backup DIR` */
export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .argument('<dir>', 'folder to create')
    .description('back up the embedded database, even while a server is running on it (docs/backup.md)');
  addSettings(backup, ['Database']);
  backup.action((dir: string) => run(readCommandConfig(backup), path.resolve(dir)));
}

async function run(config: Config, target: string): Promise<void> {
  if (databaseUrl(config) !== null)
    throw new Error('backup works on the embedded database only; use pg_dump for an external one');
  const { attachEmbeddedPostgres } = await import('../storage/embedded/embedded-postgres.js');
  const { baseBackup } = await import('../storage/embedded/base-backup.js');
  const dataDir = await madeDataDirOf(config);
  const { url, stop } = await attachEmbeddedPostgres(dataDir);
  try {
    const startedAtMs = performance.now();
    const keyFile = path.join(dataDir, KEY_FILE);
    const bytes = await baseBackup(url, dataDir, target, (folder) => {
      if (existsSync(keyFile)) copyFileSync(keyFile, path.join(folder, KEY_FILE));
    });
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    process.stdout.write(`backed up to ${target}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds} s\n`);
  } finally {
    await stop();
  }
}
