import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { install } from './debian.mjs';

const PYTHON = 'python3';
const VERSIONS = path.resolve('test/openapi/requirements.txt');
const VENV = path.resolve('.cache/schemathesis');
const PROGRAM = path.join(VENV, 'bin/schemathesis');

/**
 * Schemathesis: TEST_SCHEMATHESIS (a path), else the versions of test/openapi/requirements.txt, installed into .cache with
 * Python's own tools. One that is on the PATH by chance is not taken: another version generates other requests.
 */
export async function schemathesis() {
  const program = process.env.TEST_SCHEMATHESIS || (await installed());
  return program && existsSync(program) ? { program, stop: () => undefined } : undefined;
}

async function installed() {
  const versions = createHash('sha256').update(readFileSync(VERSIONS)).digest('hex').slice(0, 16);
  const complete = path.join(VENV, versions);
  if (existsSync(complete)) return PROGRAM;
  // Debian's python3 alone makes no environments.
  if (!(await succeeds(PYTHON, '-c', 'import ensurepip'))) await install('python3-venv');
  rmSync(VENV, { recursive: true, force: true });
  console.log('installing schemathesis (pip)');
  const pip = ['install', '-q', '--disable-pip-version-check', '-r', VERSIONS];
  const done =
    (await succeeds(PYTHON, '-m', 'venv', VENV)) && (await succeeds(path.join(VENV, 'bin/pip'), ...pip));
  if (!done) return undefined;
  // Only what is whole gets the mark: an installation that was interrupted is made anew.
  writeFileSync(complete, '');
  return PROGRAM;
}

async function succeeds(program, ...args) {
  try {
    await promisify(execFile)(program, args);
    return true;
  } catch ({ stderr, code }) {
    console.error(`${program} ${args[0]} failed: ${stderr?.trim().split('\n').at(-1) || code}`);
    return false;
  }
}
