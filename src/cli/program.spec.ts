import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { version } from '../config/package.js';
import { run } from './program.js';

let written: { stdout: string; stderr: string };

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the command line', () => {
  it('tells its version and how it is used', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(written.stdout).toBe(`${version}\n`);
    expect(await run(['--help'])).toBe(0);
    expect(written.stdout).toMatch(/serve.*\n.*migrate/);
  });

  it('has a flag for every setting, by topic', async () => {
    expect(await run(['serve', '--help'])).toBe(0);
    expect(written.stdout).toMatch(/\nServer:\n +--port <value> .*PORT, default 8080/);
  });

  it.each([
    [['--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['serve', "--db-pasword=hunter2'x"], "unknown option '--db-pasword'"],
    [['-phunter2'], "unknown option '-p'"],
    [
      ['serve', '--db-password', 'a', 'hunter2'],
      "too many arguments for 'serve'. Expected 0 arguments but got 1",
    ],
    [['mgirate', 'up'], "unknown command 'mgirate'; try sightline --help"],
    [['--port'], "option '--port <value>' argument missing"],
    [['--port', 'hunter2'], 'PORT (flag) must be a whole number from 0 to 65535'],
    [['--enable-cors', 'hunter2'], 'ENABLE_CORS (flag) must be true or false'],
    [
      ['--kafka-brokers', 'hunter2'],
      'KAFKA_BROKERS (flag) must be HOST:PORT, or several separated by commas',
    ],
    [['migrate', 'status', '--workers', '0'], 'WORKERS (flag) must be a whole number from 1 to 256'],
  ])('refuses %j in one line, with exit code 2', async (args, line) => {
    expect(await run(args)).toBe(2);
    expect(written).toEqual({ stdout: '', stderr: `sightline: ${line}\n` });
  });

  it('shows its use where a sub-command is missing', async () => {
    expect(await run(['migrate'])).toBe(2);
    expect(written.stderr).toMatch(/^Usage: sightline migrate/);
  });

  it('ends with 1 and one line where a command fails', async () => {
    expect(await run(['migrate', 'create', 'Not A Name'])).toBe(1);
    expect(written.stderr).toMatch(/^sightline: the name of a migration is [^\n]+\n$/);
  });
});
