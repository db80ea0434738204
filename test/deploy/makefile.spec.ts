import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const makefile = readFileSync('Makefile', 'utf8');
const { scripts, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
  version: string;
};
const targets = [...makefile.matchAll(/^([a-z-]+):.*##/gm)].map(([, name]) => name);

describe('Makefile', () => {
  it('has the usual targets, each of them told by help', () => {
    const usual = ['build', 'run', 'test', 'check', 'load-test', 'migrate-up', 'migrate-down', 'docker-run'];
    expect(targets).toEqual(expect.arrayContaining(usual));
    const [, phony] = /^\.PHONY: (.*)$/m.exec(makefile)!;
    expect(phony.split(' ')).toEqual(targets);
  });

  it('calls scripts that are there', () => {
    const called = [...makefile.matchAll(/^\tnpm (?:run )?([a-z]+)/gm)].map(([, name]) => name);
    expect(called.length).toBeGreaterThan(8);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('bin/sightline is the program from wherever it is linked, and leaves its arguments as they are', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'sightline-bin-'));
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { cwd: dir, encoding: 'utf8' });
  try {
    symlinkSync(path.resolve('bin/sightline'), path.join(dir, 'one'));
    symlinkSync('one', path.join(dir, 'two words'));
    expect(run(path.join(dir, 'two words'), '--version')).toBe(`${version}\n`);
    expect(run(path.join(dir, 'one'), 'settings')).toMatch(/^# Settings of Sightline/);
    expect(() => run(path.join(dir, 'one'), 'keys', 'revoke', 'a b', 'c')).toThrow(/too many arguments/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
