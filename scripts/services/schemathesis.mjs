import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installWhere } from './debian.mjs';

const PYTHON = 'python3';
const VERSIONS = path.resolve('test/openapi/requirements.txt');
const VENV = path.resolve('.cache/schemathesis');
const PROGRAM = path.join(VENV, 'bin/schemathesis');

/**
 * Schemathesis: TEST_SCHEMATHESIS (a path), else the versions of test/openapi/requirements.txt, installed into .cache with
 * Python's own tools. One that is on the PATH by chance is not taken: another version generates other requests.
 */
export function schemathesis() {
  const program = process.env.TEST_SCHEMATHESIS || installed();
  return program && existsSync(program) ? { program, stop: () => undefined } : undefined;
}

function installed() {
  const versions = createHash('sha256').update(readFileSync(VERSIONS)).digest('hex').slice(0, 16);
  const complete = path.join(VENV, versions);
  if (existsSync(complete)) return PROGRAM;
  // Debian's python3 alone makes no environments.
  installWhere(() => !succeeds(PYTHON, '-c', 'import ensurepip'), 'python3-venv');
  rmSync(VENV, { recursive: true, force: true });
  console.log('installing schemathesis (pip)');
  const done =
    succeeds(PYTHON, '-m', 'venv', VENV) &&
    succeeds(path.join(VENV, 'bin/pip'), 'install', '-q', '--disable-pip-version-check', '-r', VERSIONS);
  if (!done) return undefined;
  // Only what is whole gets the mark: an installation that was interrupted is made anew.
  writeFileSync(complete, '');
  return PROGRAM;
}

function succeeds(program, ...args) {
  const { status, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0)
    console.error(`${program} ${args[0]} failed: ${stderr?.trim().split('\n').at(-1) ?? 'not here'}`);
  return status === 0;
}
