import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLICY = '/usr/sbin/policy-rc.d';

/** For the next apt-get. */
let asked = [];
let running = Promise.resolve();

/** The path of a program, installed by apt-get where it is missing and we may; undefined where that cannot be. */
export async function programOf(path, debianPackage) {
  if (!existsSync(path)) await install(debianPackage);
  return existsSync(path) ? path : undefined;
}

/** Installs a package by apt-get where we may. What is asked for at the same time is one call: each reads all lists anew. */
export function install(debianPackage) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  if (asked.push(debianPackage) === 1) {
    running = running.then(() => setImmediate()).then(() => installAll(asked.splice(0)));
  }
  return running;
}

async function installAll(packages) {
  console.log(`installing ${packages.join(', ')} (apt-get)`);
  // 101: packages may not start their services; only the tests' own servers are wanted.
  const policyIsOurs = !existsSync(POLICY);
  if (policyIsOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await aptGet('update');
    if (await aptGet('install', '-y', '--no-install-recommends', ...packages)) return;
    // One that there is not must not keep the others away.
    if (packages.length > 1)
      for (const name of packages) await aptGet('install', '-y', '--no-install-recommends', name);
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true });
  }
}

async function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await promisify(execFile)('apt-get', ['-q', ...args], { env, maxBuffer: 64 * 2 ** 20 });
    return true;
  } catch ({ stderr, code }) {
    console.error(`apt-get ${args[0]} failed: ${stderr?.trim().split('\n').at(-1) || code}`);
    return false;
  }
}
