import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/config-error.js';
import { version } from '../config/package.js';
import type { Config } from '../config/settings.js';
import { registerArchive } from './archive.js';
import { registerAudit } from './audit.js';
import { registerBackup } from './backup.js';
import { registerDeadLetters } from './dead-letters.js';
import { registerDump } from './dump.js';
import { registerGenerate } from './generate.js';
import { registerImport } from './import.js';
import { registerKeys } from './keys.js';
import { registerMigrate } from './migrate.js';
import { registerReaders } from './readers.js';
import { addSettings, readCommandConfig } from './setting-option.js';
import { registerSettings } from './settings.js';

const HELP = `
Without a command, sightline runs the server. To get started:
  sightline                       run the server, with its own database in ./data
  sightline serve --help          list every setting
  sightline keys list             list the API keys
  sightline generate              send sample events`;

/** The command line: every command, nothing of what they do. */
function createProgram(): Command {
  const program = new Command('sightline')
    .description(
      'Self-hosted analytics server: takes in events and access logs over HTTP, stores them durably in PostgreSQL and answers questions about them.',
    )
    .version(version)
    .usage('[command] [options]')
    .addHelpText('after', HELP)
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  const serve = program.command('serve', { isDefault: true }).description('run the server (the default)');
  runs(serve, async (config) => (await import('./serve.js')).serve(config));
  const worker = program
    .command('worker')
    .description('take records from Kafka into the database, beside servers with INGEST_MODE=kafka');
  runs(worker, async (config) => (await import('./worker.js')).work(config));
  registerMigrate(program);
  registerKeys(program);
  registerReaders(program);
  registerAudit(program);
  registerDeadLetters(program);
  registerGenerate(program);
  registerImport(program);
  registerArchive(program);
  registerBackup(program);
  registerDump(program);
  registerSettings(program);
  return program;
}

/** A process of the server: it takes every setting. */
function runs(command: Command, start: (config: Config) => Promise<void>): void {
  addSettings(command).action(() => start(readCommandConfig(command)));
}

const USAGE_ERROR = 2;

/** Runs a command line and gives the exit code: 0, 1 for a failure, 2 for a wrong setting or command line, or that of the error. */
export async function run(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    refuseUnknownCommand(program, args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError && error.code === 'commander.help') return USAGE_ERROR;
    process.stderr.write(`sightline: ${describe(error)}\n`);
    if (error instanceof CommanderError || error instanceof ConfigError) return USAGE_ERROR;
    return (error as { exitCode?: number }).exitCode ?? 1;
  }
}

// With a default command, commander would take a mistyped command for an argument of that one.
function refuseUnknownCommand(program: Command, [word]: readonly string[]): void {
  const known = ['help', ...program.commands.map((command) => command.name())];
  if (word === undefined || word.startsWith('-') || known.includes(word)) return;
  throw new CommanderError(
    USAGE_ERROR,
    'commander.unknownCommand',
    `unknown command '${word}'; try sightline --help`,
  );
}

// What commander quotes of the command line may be a password: `--db-pasword=…`, or the second word of one without quotes.
function describe(error: unknown): string {
  if (error instanceof TypeError || error instanceof RangeError) return error.stack ?? error.message;
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message
    .replace(/^error: /, '')
    .replace(/unknown option '(--[^=']*|-[^-])[^]*'/, "unknown option '$1'")
    .replace(/ but got (\d+): [^]*$/, ' but got $1')
    .replace(/\s*\n\s*/g, ' ');
}
