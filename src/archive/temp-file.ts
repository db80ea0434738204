import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { entriesOf, modesWithin } from './permissions.js';

const TEMPORARY = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** What tells a file from one that was truncated, or written by somebody else. */
export interface FileMark {
  bytes: number;
  mtimeMs: number;
}

/** A file that is being written: under a temporary name in its folder, until it is complete and on disk. */
export class TempFile {
  private constructor(
    private readonly target: string,
    private readonly name: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(target: string): Promise<TempFile> {
    const folder = path.dirname(target);
    await makeFolder(folder);
    const name = path.join(folder, `.${path.basename(target)}.${randomUUID()}.tmp`);
    return new TempFile(target, name, await open(name, 'wx', (await modesWithin(folder)).file));
  }

  /** Appends. */
  write(text: string): Promise<void> {
    return this.handle.writeFile(text);
  }

  /** After the last write: everything is on disk. */
  async finish(): Promise<FileMark> {
    await this.handle.sync();
    const { size, mtimeMs } = await this.handle.stat();
    await this.handle.close();
    return { bytes: size, mtimeMs };
  }

  /** Takes the place of what was there. */
  publish(): Promise<void> {
    return rename(this.name, this.target);
  }

  /** Leaves nothing behind; does nothing to what was published. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.name, { force: true });
  }
}

/** Not with mkdir's `recursive`, which answers ENOENT on a read-only file system. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeIn(path.dirname(folder), folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(path.dirname(folder));
    // Retried once only: where no folder can be made (`/proc`) the error is ENOENT whatever exists above it.
    await makeIn(path.dirname(folder), folder);
  }
}

async function makeIn(parent: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, (await modesWithin(parent)).folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A small file at once. */
export async function writeAtomically(target: string, text: string): Promise<void> {
  const file = await TempFile.create(target);
  try {
    await file.write(text);
    await file.finish();
    await file.publish();
  } finally {
    await file.discard();
  }
}

/** Removes the temporary files that a crash has left in this folder, and in those below it where `recursive`. */
export async function removeTemporary(folder: string, recursive: boolean): Promise<void> {
  for (const entry of await entriesOf(folder, recursive)) {
    if (entry.isFile() && TEMPORARY.test(entry.name)) {
      await rm(path.join(entry.parentPath, entry.name), { force: true });
    }
  }
}
