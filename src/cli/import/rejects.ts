import { closeSync, openSync, writeSync } from 'node:fs';
import type { Refusal } from './chunk.js';

/** The file of --rejects: one JSON text a refused record. A new one is its owner's alone; one that is there keeps its mode. */
export class Rejects {
  private constructor(private readonly file: number) {}

  /** @throws Error that names the file */
  static open(path: string): Rejects {
    try {
      return new Rejects(openSync(path, 'w', 0o600));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`--rejects ${path} cannot be written: ${code}`, { cause: error });
    }
  }

  write(file: string, refusals: readonly Refusal[]): void {
    const lines = refusals.map((refusal) => `${JSON.stringify({ file, ...refusal })}\n`);
    if (lines.length > 0) writeSync(this.file, lines.join(''));
  }

  close(): void {
    closeSync(this.file);
  }
}
