import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT } from '../core/api-key.js';
import type { Format } from './import/format.js';
import { interrupts } from './signals.js';
import { addSettings, readCommandConfig } from './setting-option.js';

const HELP = `
It stores directly into the database that the settings name, whether a server runs or not. Ended in the middle, by whatever,
the same command goes on where it was; of a log that has grown since, or was renamed by its rotation, it stores what is new.
What it remembers of a file (its inode and how it began, for 400 days) is in that database; a stream is another each time.
Exit codes: 0 when every file was read to its end, 3 when nothing of one of them could be taken, 1 when one could not be read.`;

const FORMATS: (Format | 'auto')[] = ['auto', 'ndjson', 'csv', 'combined', 'common', 'lines'];

export interface ImportCommandOptions {
  format: Format | 'auto';
  project: string;
  rejects?: string;
  again?: boolean;
  json?: boolean;
}

/** `sightline import FILE…`: stores access entries out of files, and accounts for every record of them. */
export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description('store the access entries of files, and account for each')
    .argument('<file...>', 'NDJSON, CSV or access logs, also gzipped; - reads stdin')
    .addOption(new Option('--format <format>', 'what they are').choices(FORMATS).default('auto'))
    .option('--project <name>', 'where they belong', DEFAULT_PROJECT)
    .option('--rejects <file>', 'write every refused record there: line number, reason and text, as NDJSON')
    .option('--again', 'store all of it once more, whatever is there already')
    .option('--json', 'print the ledger as JSON, and nothing else');
  addSettings(command, ['Database', 'Access logs']).addHelpText('after', HELP);
  command.action((files: string[]) =>
    run(files, command.opts<ImportCommandOptions>(), readCommandConfig(command)),
  );
}

async function run(files: readonly string[], options: ImportCommandOptions, config: Config): Promise<void> {
  const { importFiles } = await import('./import/import-files.js');
  const json = options.json ?? false;
  const signals = interrupts(json ? null : 'storing what was read; once more to end at once');
  signals.giveUp.signal.addEventListener('abort', () => process.exit(1));
  try {
    await importFiles(files, config, {
      format: options.format,
      project: options.project,
      rejects: options.rejects ?? null,
      again: options.again ? randomUUID() : null,
      progress: json ? null : process.stderr,
      done: (ledger, elapsedMs) =>
        process.stdout.write(json ? `${JSON.stringify(ledger.json())}\n` : ledger.text(elapsedMs)),
      stop: signals.stop,
    });
  } finally {
    signals.remove();
  }
}
