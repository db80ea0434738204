import type { Command } from 'commander';
import { SystemClock } from '../core/clock.js';
import {
  accessBatch,
  accessShares,
  addOptions,
  runOptions,
  trafficOptions,
  type GenerateOptions,
} from './generate/options.js';
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
    const run = await runOptions(options, readCommandConfig(command));
    await (options.kind === 'access' ? runAccess(options, run) : runEvents(options, run));
  });
}

async function runEvents(options: GenerateOptions, run: RunOptions): Promise<void> {
  const { eventKind, reportText } = await import('./generate/report.js');
  const kind = eventKind(trafficOptions(options, run.seed), run.batch);
  await send(kind, run, options.json ? null : reportText);
}

async function runAccess(options: GenerateOptions, run: RunOptions): Promise<void> {
  const { accessKind, accessReportText } = await import('./generate/access/access-report.js');
  const kind = accessKind(accessShares(options, run.seed), options.format);
  await send(kind, { ...run, batch: accessBatch(options) }, options.json ? null : accessReportText);
}

/** `text`: how the report is written; null for JSON. */
async function send<Report extends { unacknowledged: number; closes: boolean }>(
  kind: Kind<Report>,
  options: RunOptions,
  text: ((report: Report) => string) | null,
): Promise<void> {
  const { generate } = await import('./generate/run.js');
  const signals = interrupts(text ? 'sending what is left; once more to give it up' : null);
  try {
    const progress = text ? process.stderr : null;
    const { report, failure } = await generate(kind, options, signals, new SystemClock(), progress);
    process.stdout.write(text ? text(report) : `${JSON.stringify(report, null, 2)}\n`);
    if (failure) throw failure;
    if (report.unacknowledged > 0) throw new Error(`${report.unacknowledged} records were not acknowledged`);
    if (!report.closes) throw new Error('the ledger does not close');
  } finally {
    signals.remove();
  }
}
