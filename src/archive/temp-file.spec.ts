import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tightenWithin } from './permissions.js';
import { makeFolder, removeTemporary, writeAtomically } from './temp-file.js';

let dir: string;
let umask: number;

beforeEach(() => {
  umask = process.umask(0);
  dir = mkdtempSync(path.join(tmpdir(), 'sightline-archive-'));
});

afterEach(() => {
  process.umask(umask);
  rmSync(dir, { recursive: true });
});

const DAY = 'logs/2026-11-20';
const HOUR = `${DAY}/10.log.json`;
const modes = () =>
  ['logs', DAY, HOUR].map((name) => (statSync(path.join(dir, name)).mode & 0o7777).toString(8));

describe.each([
  ['is its owner’s alone', 0o700, ['700', '700', '600']],
  ['is its owner’s alone where others may enter the folder', 0o755, ['700', '700', '600']],
  ['is its group’s to read where the folder is the group’s too', 0o750, ['750', '750', '640']],
  ['is its group’s to read and no more where the group may write', 0o770, ['750', '750', '640']],
])('what is written %s', (_, mode, expected) => {
  beforeEach(() => chmodSync(dir, mode));

  it('from the start', async () => {
    await writeAtomically(path.join(dir, HOUR), 'text');
    expect(modes()).toEqual(expected);
  });

  it('after it was more open, and the folder stays as it is', async () => {
    mkdirSync(path.join(dir, DAY), { recursive: true, mode: 0o777 });
    writeFileSync(path.join(dir, HOUR), 'text', { mode: 0o666 });
    writeFileSync(path.join(dir, 'notes'), 'of somebody else', { mode: 0o644 });
    await tightenWithin(dir);
    expect(modes()).toEqual(expected);
    expect(statSync(dir).mode & 0o777).toBe(mode);
    expect(statSync(path.join(dir, 'notes')).mode & 0o777).toBe(0o644);
  });
});

it('takes files that another process removes meanwhile for removed', async () => {
  mkdirSync(path.join(dir, DAY), { recursive: true });
  for (let i = 0; i < 300; i++)
    writeFileSync(path.join(dir, `${DAY}/.${i}.${randomUUID()}.tmp`), '', { mode: 0o666 });
  await Promise.all([tightenWithin(dir), removeTemporary(dir, true), removeTemporary(dir, true)]);
  expect(readdirSync(path.join(dir, DAY))).toEqual([]);
});

it('hands on the group of a folder that says so', async () => {
  chmodSync(dir, 0o2750);
  await writeAtomically(path.join(dir, HOUR), 'text');
  expect(modes().slice(0, 2)).toEqual(['2750', '2750']);
});

// On Linux /proc answers ENOENT to every mkdir, whatever is there: it was tried for ever, and a stop waited for it.
(process.platform === 'linux' ? it : it.skip)('gives up where no folder can be made', async () => {
  await expect(makeFolder('/proc/none/archive')).rejects.toThrow('ENOENT');
});
