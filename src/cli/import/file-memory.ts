import { hash } from 'node:crypto';
import type { Answers } from './answers.js';
import type { Source } from './source.js';

/** How a file was when it was first seen under its inode. */
interface SeenFile {
  identity: string;
  headBytes: number;
  headDigest: string;
}

/**
 * Knows a log again that has grown or was renamed since: by its inode, and by how it began when it was first seen. One that was
 * truncated to be written anew (copytruncate), or that has the inode of one that is gone, begins otherwise: it is another file.
 */
export class FileMemory {
  constructor(private readonly answers: Answers) {}

  /** What the chunks of the file are stored under. `again`: as if it had not been seen, from now on. */
  async identityOf(source: Source, again: string | null): Promise<string> {
    const identity = again === null ? source.identity : `${source.identity} ${again}`;
    if (source.inode === null || source.head.length === 0) return identity;
    const seen = { identity, headBytes: source.head.length, headDigest: digest(source.head) };
    let known: SeenFile | null = null;
    for (let turn = 0; ; turn++) {
      const name = `inode ${source.inode} ${turn}`;
      const file = (await this.answers.find(name)) as SeenFile | null;
      // The last one counts: after --again it goes on from there.
      if (file && begins(source, file)) known = file;
      if (file) continue;
      if (known && again === null) return known.identity;
      const kept = (await this.answers.once(name, [], () => seen)).answer as SeenFile;
      if (begins(source, kept)) return kept.identity;
    }
  }
}

function begins({ head }: Source, { headBytes, headDigest }: SeenFile): boolean {
  return head.length >= headBytes && digest(head.subarray(0, headBytes)) === headDigest;
}

function digest(bytes: Buffer): string {
  return hash('sha256', bytes);
}
