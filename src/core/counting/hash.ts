import { hash } from 'node:crypto';

/** The first 64 bits of a text's MD5, as two words: what sketches are made of, in the databases' SQL too. */
export function hashOf(text: string): [high: number, low: number] {
  const hex = hash('md5', text);
  return [parseInt(hex.slice(0, 8), 16), parseInt(hex.slice(8, 16), 16)];
}
