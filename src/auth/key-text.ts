import { hash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 9;

/** Longer than any key that is made or taken. */
export const MAX_KEY_LENGTH = 256;

/** What a key may look like: printable ASCII, as a header can carry it. */
export const KEY_TEXT = /^[\x21-\x7e]+$/;

/** A new key: `sl_` and 43 characters, 256 random bits. */
export function generateKey(): string {
  return `sl_${Array.from({ length: 43 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

/** SHA-256 in hex: the only form in which a key is kept. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'hex');
}

/** What is shown of a key in lists; never more than a quarter, since keys of API_KEYS may be short. */
export function prefixOf(key: string): string {
  return key.slice(0, Math.min(PREFIX_LENGTH, Math.floor(key.length / 4)));
}
