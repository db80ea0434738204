import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/config-error.js';
import { KEY_TEXT } from './key-text.js';

/** The generated key, in DATA_DIR, readable by its owner only. */
export class KeyFile {
  private readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'api-key');
  }

  /** null if there is none. @throws ConfigError */
  async read(): Promise<string | null> {
    return this.orRefuse(async () => {
      const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (text === null) return null;
      await chmod(this.path, 0o600);
      const key = text.trim();
      if (!KEY_TEXT.test(key))
        throw new ConfigError('DATA_DIR', 'api-key', 'does not hold a key: remove that file');
      return key;
    });
  }

  /** Keeps the key unless another process kept one first; gives the one that is kept. @throws ConfigError */
  async keep(key: string): Promise<string> {
    return this.orRefuse(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const draft = `${this.path}.${randomUUID()}`;
      await writeDurably(draft, `${key}\n`);
      try {
        // link, not rename: it fails where the file exists, and nobody ever reads half a key
        await link(draft, this.path);
        return key;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        return (await this.read()) ?? key;
      } finally {
        await rm(draft, { force: true });
      }
    });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  private async orRefuse<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === undefined
        ? error
        : new ConfigError('DATA_DIR', 'api-key', `cannot be read or written there: ${code}`);
    }
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
