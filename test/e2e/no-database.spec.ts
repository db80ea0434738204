import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sightline } from '../support/command.js';
import { MAIN, PROGRAM_ENV } from '../support/server.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sightline-none-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

it.each([
  'keys list',
  'keys create --name app',
  'audit',
  'import README.md',
  'archive rebuild',
  'backup backup',
  'migrate status',
  'migrate down --yes',
])('%s makes no database where there is none, and says how to name another place', async (line) => {
  const dataDir = path.join(dir, 'data');
  const { code, stdout, stderr } = await sightline(line.split(' '), { DATA_DIR: dataDir }).done;
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^sightline: there is no database in \S+: set --data-dir or DATA_DIR to [^\n]+\n$/);
  expect(existsSync(dataDir)).toBe(false);
});

it('who reads no further is no failure', () => {
  const script = `"${process.execPath}" ${MAIN} settings --format markdown; echo "exit code $?" >&2`;
  const { stderr } = spawnSync('sh', ['-c', `{ ${script}; } | true`], { env: PROGRAM_ENV, encoding: 'utf8' });
  expect(stderr).toBe('exit code 0\n');
});
