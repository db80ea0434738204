import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAfterTest } from '../support/processes.js';

const SMALL = ['--events', '2000', '--entries', '3000', '--lines', '300'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-demo-test-'));
  // As root the databases run as somebody else.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** scripts/pipeline-demo.sh, whose files are all in a folder of this test: what is left there at the end was left behind. */
function startDemo() {
  const demo = spawn(path.resolve('scripts/pipeline-demo.sh'), SMALL, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endAfterTest(demo);
  return demo;
}

/** Files, and processes that have some of them on their command line. */
function leftBehind(): string[] {
  const { stdout } = spawnSync('pgrep', ['-af', folder], { encoding: 'utf8' });
  return [...readdirSync(folder), ...stdout.split('\n').filter(Boolean)];
}

it('accounts for every record, and leaves nothing behind', async () => {
  const demo = startDemo();
  const [stdout, stderr, [code]] = await Promise.all([
    text(demo.stdout),
    text(demo.stderr),
    once(demo, 'close') as Promise<[number]>,
  ]);
  const rowOf = (name: string) => {
    const line = stdout.split('\n').find((line) => line.trim().startsWith(`${name} `)) ?? '';
    const cells = line
      .slice(line.indexOf(name) + name.length)
      .trim()
      .split(/ {2,}/);
    return cells.map((cell) => Number(cell.replaceAll(',', '')));
  };
  expect([code, stderr]).toEqual([0, expect.stringContaining('INGEST_MODE=kafka')]);
  const [sent, refused, acknowledged, copies, stored, letters, missing] = rowOf('events');
  expect([sent, acknowledged, letters, missing]).toEqual([2000, sent - refused, 0, 0]);
  expect(stored).toBe(acknowledged - copies);
  const entries = rowOf('access entries');
  expect([entries[0], entries.at(-1)]).toEqual([3000, 0]);
  expect(rowOf('lines in raw-logs')).toEqual([300, 0, 300, 0, 297, 3, 0]);
  expect(leftBehind()).toEqual([]);
});

it('stops everything that it started at Ctrl-C', async () => {
  const demo = startDemo();
  let told = '';
  demo.stderr.on('data', (data) => {
    told += String(data);
    // The broker, the database and the server are there; the worker is on its way.
    if (told.includes('INGEST_MODE=kafka')) demo.kill('SIGINT');
  });
  const [code] = (await once(demo, 'close')) as [number];
  expect([code, told]).toEqual([1, expect.stringContaining('interrupted')]);
  expect(leftBehind()).toEqual([]);
});
