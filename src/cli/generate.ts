import type { Command } from 'commander';
import { SystemClock } from '../core/ports/clock.js';
import {
  accessBatch,
  accessShares,
  addOptions,
  runOptions,
  trafficOptions,
  type GenerateOptions,
} from './generate/options.js';
import type { AccessReport, Report } from './generate/report.js';
import type { Kind, RunOptions } from './generate/run.js';
import { addSettings, readCommandConfig } from './setting-option.js';
import { interrupts } from './signals.js';

const HELP = `
Without --count and --duration it runs until Ctrl-C. What is made then is still sent, until the server has acknowledged it;
a second Ctrl-C gives that up. The exit code is 0 when every record was acknowledged and the ledger closes, 1 otherwise.`;

/** `sightline generate`: sends what a fleet of devices or a web server would, and accounts for each record. */
export function registerGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('send realistic events or access entries, and account for each');
  addOptions(command);
  addSettings(command, []).addHelpText('after', HELP);
  command.action(async () => {
    const options = command.opts<GenerateOptions>();
    await run(options, await runOptions(options, readCommandConfig(command)));
  });
}

async function run(options: GenerateOptions, given: RunOptions): Promise<void> {
  const { accessKind, eventKind, reportText } = await import('./generate/report.js');
  const { generate } = await import('./generate/run.js');
  const isAccess = options.kind === 'access';
  const runs = isAccess ? { ...given, batch: accessBatch(options) } : given;
  const kind: Kind<Report | AccessReport> = isAccess
    ? accessKind(accessShares(options, given.seed), options.format)
    : eventKind(trafficOptions(options, given.seed), given.batch);
  const { json = false } = options;
  const signals = interrupts(json ? null : 'sending what is left; once more to give it up');
  try {
    const progress = json ? null : process.stderr;
    const { report, failure } = await generate(kind, runs, signals, new SystemClock(), progress);
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    if (failure) throw failure;
    if (report.unacknowledged > 0) throw new Error(`${report.unacknowledged} records were not acknowledged`);
    if (!report.closes) throw new Error('the ledger does not close');
  } finally {
    signals.remove();
  }
}
