import { hash } from 'node:crypto';

/** The first 64 bits of a text's MD5, as two words: what sketches are made of, in the databases' SQL too. */
export function hashOf(text: string): [high: number, low: number] {
  const bytes = hash('md5', text, 'binary');
  return [wordAt(bytes, 0), wordAt(bytes, 4)];
}

function wordAt(bytes: string, at: number): number {
  const byte = (i: number): number => bytes.charCodeAt(at + i);
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
}
