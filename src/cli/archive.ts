import { InvalidArgumentError, type Command } from 'commander';
import { parseRfc3339 } from '../core/records/rfc3339.js';
import type { Micros } from '../core/time.js';
import type { RebuildOptions } from './archive/rebuild.js';
import { addSettings, readCommandConfig } from './setting-option.js';

/** `sightline archive rebuild` */
export function registerArchive(program: Command): void {
  const archive = program.command('archive').description('manage the hourly files of access entries');
  const rebuild = archive
    .command('rebuild')
    .description('rewrite the files of every hour that the database still holds in full')
    .option('--from <time>', 'start, inclusive: a day such as 2026-11-20, or an RFC 3339 time', time)
    .option('--to <time>', 'end, exclusive, in the same form', time)
    .option('--project <name>', 'only this project');
  addSettings(rebuild, ['Database', 'Access logs']);
  rebuild.action(async () => {
    const config = readCommandConfig(rebuild);
    const { rebuildArchive } = await import('./archive/rebuild.js');
    await rebuildArchive(config, rebuild.opts<RebuildOptions>());
  });
}

function time(text: string): Micros {
  const micros = parseRfc3339(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (micros === null)
    throw new InvalidArgumentError('It must be a day such as 2026-11-20, or an RFC 3339 time.');
  return micros;
}
