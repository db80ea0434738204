import { Option, type Command } from 'commander';
import { LETTER_KINDS, LETTER_REASONS, LETTER_STATES, MAX_LETTERS } from '../core/ports/dead-letters.js';
import { withLetters, type LetterDesk, type LetterOptions } from './dead-letters/letter-desk.js';
import { act } from './listing.js';

/** `sightline dead-letters list|show|replay|drop`: records that could not be stored. */
export function registerDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('list, show, replay and drop records that could not be stored');
  const list = letters.command('list').description('list dead letters, newest first');
  list.addOption(new Option('--state <state>', 'only letters in this state').choices(LETTER_STATES));
  addFilter(list).option('--limit <n>', `letters to list, up to ${MAX_LETTERS}`, '50');
  actOn(list, (desk, _, options) => desk.list(options));
  const show = letters.command('show').argument('<id>').description('show a dead letter with what came');
  actOn(show, (desk, ids) => desk.show(ids[0]));
  const replay = letters.command('replay').argument('[ids...]');
  replay.description(
    'store what dead letters hold, by the rules of today; exit code 1 if some still cannot be',
  );
  addFilter(replay.option('--all', 'replay every letter that waits and that the filters match'));
  actOn(replay, (desk, ids, options) => desk.replay(ids, options), true);
  const drop = letters.command('drop').argument('[ids...]');
  drop.description('drop dead letters: they are not to be stored');
  addFilter(drop.option('--all', 'drop every letter that waits and that the filters match'));
  actOn(drop, (desk, ids, options) => desk.drop(ids, options));
}

function addFilter(command: Command): Command {
  return command
    .addOption(new Option('--reason <reason>', 'only letters for this reason').choices(LETTER_REASONS))
    .addOption(new Option('--kind <kind>', 'only letters of this kind').choices(LETTER_KINDS))
    .option('--project <name>', 'only letters of this project');
}

function actOn(
  command: Command,
  work: (desk: LetterDesk, ids: string[], options: LetterOptions) => Promise<void>,
  stores = false,
): void {
  act<LetterOptions>(command, ['Database'], (config, options, given) => {
    const ids = typeof given === 'string' ? [given] : Array.isArray(given) ? (given as string[]) : [];
    return withLetters(config, options.json ?? false, stores, (desk) => work(desk, ids, options));
  });
}
