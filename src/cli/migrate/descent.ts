import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { ConfigError } from '../../config/config-error.js';
import type { Loss } from '../../storage/migrations/losses.js';
import type { Descent } from '../../storage/migrations/migrate.js';

/** A terminal, or what stands in for one. */
interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/**
 * Reverts a migration only where no server needs it, and after somebody has confirmed what will be lost.
 * @throws Error that says what stands in the way
 */
export async function confirmDescent(
  descent: Descent,
  yes: boolean,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (descent.sessions > 0) {
    throw new Error(
      `${count(descent.sessions, 'session')} of servers or other commands are connected to this database: stop them first`,
    );
  }
  if (yes) return;
  const what = `reverts ${descent.name} ${lossText(descent.losses)}`;
  if (input.isTTY !== true) throw new ConfigError('--yes', 'flag', `is required: migrate down ${what}`);
  const terminal = createInterface({ input, output });
  // Otherwise the question would be repeated for ever at the end of the input.
  const ended = once(terminal, 'close').then(() => '');
  const answer = await Promise.race([terminal.question(`This ${what}. Continue? [y/N] `), ended]);
  terminal.close();
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Error('nothing was reverted');
}

function lossText(losses: readonly Loss[]): string {
  if (losses.length === 0) return 'and deletes no data';
  const parts = losses.map(({ table, columns, rows }) =>
    columns.length === 0
      ? `${count(rows, 'row')} of ${table}`
      : `${columns.join(', ')} of ${count(rows, 'row')} of ${table}`,
  );
  return `and permanently deletes: ${parts.join('; ')}`;
}

function count(n: number, what: string): string {
  return `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
}
