import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const POLICY = '/usr/sbin/policy-rc.d';

/** The path of a program, installed by apt-get where it is missing and we may; undefined where that cannot be. */
export function programOf(path, debianPackage) {
  installWhere(() => !existsSync(path), debianPackage);
  return existsSync(path) ? path : undefined;
}

/** Installs a package by apt-get where it is missing and we may. */
export function installWhere(isMissing, debianPackage) {
  if (isMissing() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) install(debianPackage);
}

function install(debianPackage) {
  console.log(`installing ${debianPackage} (apt-get)`);
  // 101: packages may not start their services; only the tests' own servers are wanted.
  const policyIsOurs = !existsSync(POLICY);
  if (policyIsOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', debianPackage);
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true });
  }
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stderr } = spawnSync('apt-get', ['-q', ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) console.error(`apt-get ${args[0]} failed: ${stderr?.trim().split('\n').at(-1)}`);
}
