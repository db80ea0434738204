import type { Command } from 'commander';
import type { Config } from '../config/settings.js';
import { addSettings, readCommandConfig, type SettingGroup } from './setting-option.js';

/** What a command about things in the database does, with `--json` or without; `given` is its first argument. */
export function act<Options extends object>(
  command: Command,
  groups: readonly SettingGroup[],
  run: (config: Config, options: Options & { json?: boolean }, given: unknown) => Promise<void>,
): void {
  addSettings(command.option('--json', 'print JSON'), groups);
  command.action((given: unknown) => run(readCommandConfig(command), command.opts(), given));
}

/** The value of `--limit`. */
export function limitOf(text: string, most: number): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > most)
    throw new Error(`--limit must be a whole number from 1 to ${most}`);
  return limit;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Rows as columns of text, a line each; null is shown as `-`. */
export function textTable(rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell ?? '-'));
  const widths = cells[0].map((_, column) =>
    cells.reduce((width, row) => Math.max(width, row[column].length), 0),
  );
  return cells
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
