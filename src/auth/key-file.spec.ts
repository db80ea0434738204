import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFile } from './key-file.js';

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sightline-key-'));
  dataDir = join(parent, 'data');
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('KeyFile', () => {
  it('keeps one key for all that ask at once, readable by its owner only', async () => {
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map((key) => new KeyFile(dataDir).keep(key)));
    expect(new Set(kept).size).toBe(1);
    expect(await new KeyFile(dataDir).read()).toBe(kept[0]);
    expect(readdirSync(dataDir)).toEqual(['api-key']);
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
  });

  it('has none at first, and none after it was removed', async () => {
    const file = new KeyFile(dataDir);
    expect(await file.read()).toBeNull();
    await file.keep('a');
    await file.remove();
    expect(await file.read()).toBeNull();
  });

  it('takes back rights that others were given', async () => {
    const file = new KeyFile(dataDir);
    await file.keep('a');
    chmodSync(join(dataDir, 'api-key'), 0o644);
    await file.read();
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
  });

  it('names DATA_DIR when it cannot read or write', async () => {
    writeFileSync(dataDir, '');
    await expect(new KeyFile(dataDir).keep('a')).rejects.toThrow(
      /^DATA_DIR \(api-key\) cannot .*: ENOTDIR|EEXIST$/,
    );
  });

  it('refuses a file that holds no key', async () => {
    await new KeyFile(dataDir).keep('a');
    writeFileSync(join(dataDir, 'api-key'), '');
    await expect(new KeyFile(dataDir).read()).rejects.toThrow('does not hold a key');
  });
});
