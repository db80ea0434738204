import type { Command } from 'commander';
import { SystemClock } from '../core/clock.js';
import { addOptions, runOptions, type GenerateOptions } from './generate/options.js';
import type { RunOptions } from './generate/run.js';
import { interrupts } from './interrupts.js';
import { addSettings, readCommandConfig } from './setting-option.js';

const HELP = `
Without --count and --duration it runs until Ctrl-C. What is made then is still sent, until the server has acknowledged it;
a second Ctrl-C gives that up. The exit code is 0 when every event was acknowledged and the ledger closes, 1 otherwise.`;

/** `sightline generate`: sends events as a fleet of devices would, and accounts for each of them. */
export function registerGenerate(program: Command): void {
  const command = program.command('generate').description('send realistic events, and account for each');
  addOptions(command);
  addSettings(command, []).addHelpText('after', HELP);
  command.action(async () => {
    const options = command.opts<GenerateOptions>();
    if (options.kind === 'access') command.error('--kind access is not available in this version');
    if ((options.bad ?? options.clientErrors ?? 0) + options.resend > 1) {
      command.error('--bad and --resend are shares of the same events: together at most 1');
    }
    await run(await runOptions(options, readCommandConfig(command)), options.json ?? false);
  });
}

async function run(options: RunOptions, json: boolean): Promise<void> {
  const { generate } = await import('./generate/run.js');
  const { reportText } = await import('./generate/report.js');
  const signals = interrupts(json ? null : 'sending what is left; once more to give it up');
  try {
    const progress = json ? null : process.stderr;
    const { report, failure } = await generate(options, signals, new SystemClock(), progress);
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    if (failure) throw failure;
    if (report.unacknowledged > 0) throw new Error(`${report.unacknowledged} events were not acknowledged`);
    if (!report.closes) throw new Error('the ledger does not close');
  } finally {
    signals.remove();
  }
}
