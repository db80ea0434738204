import type { Source } from './source.js';

const NEWLINE = 0x0a;

/**
 * How many bytes of a line are left behind `byte`: none where a line begins. An import that came upon the last line of a log before
 * its end was written, and took it for whole, has counted it.
 */
export async function restOfLine(source: Source, byte: number): Promise<number> {
  if (byte === 0 || source.inode === null) return 0;
  let passed = -1;
  for await (const chunk of source.chunks(byte - 1)) {
    const newline = chunk.indexOf(NEWLINE);
    if (newline >= 0) return passed + newline + 1;
    passed += chunk.length;
  }
  return Math.max(0, passed);
}
