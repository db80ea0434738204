import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirmDescent } from './descent.js';

const descent = {
  name: 'Accounts1',
  losses: [
    { table: 'audit_log', columns: [], rows: 1_234 },
    { table: 'key_changes', columns: [], rows: 1 },
    { table: 'projects', columns: ['sample'], rows: 3 },
  ],
  sessions: 0,
};
const WHAT =
  'reverts Accounts1 and permanently deletes: 1,234 rows of audit_log; 1 row of key_changes; sample of 3 rows of projects';

function terminal(typed: string, isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.end(typed);
  return { input, output: new PassThrough() };
}

describe('confirmDescent', () => {
  it.each(['y\n', 'Yes\n'])('goes on after %j, having told what goes', async (typed) => {
    const { input, output } = terminal(typed, true);
    await confirmDescent(descent, false, { input, output });
    expect(String(output.read())).toBe(`This ${WHAT}. Continue? [y/N] `);
  });

  it.each(['\n', 'n\n', ''])('does not after %j', async (typed) => {
    await expect(confirmDescent(descent, false, terminal(typed, true))).rejects.toThrow(
      'nothing was reverted',
    );
  });

  it('where nobody can be asked, needs --yes', async () => {
    const nobody = terminal('y\n', false);
    await expect(confirmDescent(descent, false, nobody)).rejects.toThrow(
      `--yes (flag) is required: migrate down ${WHAT}`,
    );
    await confirmDescent(descent, true, nobody);
  });

  it('is refused while others are on the database, whoever says yes', async () => {
    const busy = { ...descent, sessions: 12 };
    await expect(confirmDescent(busy, true, terminal('y\n', true))).rejects.toThrow(
      '12 sessions of servers or other commands are connected to this database: stop them first',
    );
  });
});
