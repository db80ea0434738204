import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoreMaintenance } from '../core/ports/store-maintenance.js';
import { makeFolder, writeAtomically } from './temp-file.js';

/** Takes the lock that a file stands for; null while another holds it. */
type TakeLock = (file: string) => { release(): void } | null;

const ID = /^[0-9a-f-]{36}$/;

/**
 * Leases of jobs that belong to a folder: several processes on one folder share them, and processes with folders of
 * their own do not, although they have the same store. And a lock, for a turn that takes longer than it lasts.
 */
export class FolderLease {
  constructor(
    private readonly dir: string,
    private readonly store: Pick<StoreMaintenance, 'claim' | 'giveBack'>,
    private readonly takeLock: TakeLock,
  ) {}

  async claim(job: string, everyMs: number): Promise<boolean> {
    const id = (await this.readId()) ?? (await this.alone(() => this.makeId()));
    return id !== null && this.store.claim(`${job} ${id}`, everyMs);
  }

  async giveBack(job: string): Promise<void> {
    const id = await this.readId();
    if (id !== null) await this.store.giveBack(`${job} ${id}`);
  }

  /** Runs `work` unless another process is at work in the folder: then gives null. */
  async alone<T>(work: () => Promise<T>): Promise<T | null> {
    await makeFolder(this.dir);
    const lock = this.lock();
    if (lock === null) return null;
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  private lock(): ReturnType<TakeLock> {
    try {
      return this.takeLock(path.join(this.dir, '.lock'));
    } catch (error) {
      throw new Error(`nothing can be written into ARCHIVE_DIR ${this.dir}`, { cause: error });
    }
  }

  private async makeId(): Promise<string> {
    const found = await this.readId();
    if (found !== null) return found;
    const id = randomUUID();
    await writeAtomically(path.join(this.dir, '.id'), id);
    return id;
  }

  private async readId(): Promise<string | null> {
    const id = await readFile(path.join(this.dir, '.id'), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return ID.test(id) ? id : null;
  }
}
