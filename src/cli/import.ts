import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT } from '../core/ports/api-key.js';
import type { Format } from './import/format.js';
import { addSettings, readCommandConfig } from './setting-option.js';
import { interrupts } from './signals.js';

const HELP = `
Entries go directly into the database that the settings name, whether or not a server is running. If an import is interrupted,
run the same command again: it continues where it stopped. Of a log that has grown since, or that rotation has renamed, only
what is new is stored. How far a file was read is kept in that database for 400 days; the file is recognized by its inode and
its beginning. A stream is always read as a new one.
Exit codes: 0 if every file was read to its end, 3 if nothing in a file could be imported, 1 if a file could not be read.`;

// Not imported: the parsers load slowly, and help needs the names alone. A format that is missing does not compile.
const FORMATS = Object.keys({
  auto: true,
  ndjson: true,
  csv: true,
  combined: true,
  common: true,
  lines: true,
} satisfies Record<Format | 'auto', true>);

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
    .description('import access entries from files and account for every record')
    .argument('<file...>', 'NDJSON, CSV or access logs, optionally gzipped; - reads stdin')
    .addOption(new Option('--format <format>', 'format of the files').choices(FORMATS).default('auto'))
    .option('--project <name>', 'project that the entries belong to', DEFAULT_PROJECT)
    .option(
      '--rejects <file>',
      'write every rejected record to this file as NDJSON: line number, reason and text',
    )
    .option('--again', 'store everything again, even if it was imported before')
    .option('--json', 'print only the ledger, as JSON');
  addSettings(command, ['Database', 'Access logs']).addHelpText('after', HELP);
  command.action((files: string[]) =>
    run(files, command.opts<ImportCommandOptions>(), readCommandConfig(command)),
  );
}

async function run(files: readonly string[], options: ImportCommandOptions, config: Config): Promise<void> {
  const { importFiles } = await import('./import/import-files.js');
  const json = options.json ?? false;
  const signals = interrupts(json ? null : 'storing what has been read; interrupt again to stop at once');
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
