import { hash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 9;

/** Longer than any key that is made or taken. */
export const MAX_KEY_LENGTH = 256;

/** What a key may look like: printable ASCII, as a header can carry it. */
export const KEY_TEXT = /^[\x21-\x7e]+$/;

/** Fewer can be guessed: at 100 guesses a second, from each of many addresses. */
const MIN_KEY_LENGTH = 16;
/** A key of one character over and over, or of a few, is long without being hard to guess. */
const MIN_DISTINCT = 5;
/** What examples have in the place of a key, and somebody forgot to change. */
const PLACEHOLDER = /(change|replace)[-_.]?(me|this|it)|placeholder|^(your|my|example)[-_.]/i;

/** Why a key that somebody chose is no secret; null for one that may be. */
export function weaknessOf(key: string): string | null {
  if (PLACEHOLDER.test(key)) return 'has a key that is the placeholder of an example';
  if (key.length < MIN_KEY_LENGTH) return `has a key of fewer than ${MIN_KEY_LENGTH} characters`;
  return new Set(key).size < MIN_DISTINCT
    ? `has a key of fewer than ${MIN_DISTINCT} different characters`
    : null;
}

/** A new key: `sl_` and 43 characters, 256 random bits. */
export function generateKey(): string {
  return `sl_${Array.from({ length: 43 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

/** SHA-256 in hex: the only form in which a key is kept. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'hex');
}

/** What is shown of a key in lists; never more than a quarter, since keys that somebody chose may be short. */
export function prefixOf(key: string): string {
  return key.slice(0, Math.min(PREFIX_LENGTH, Math.floor(key.length / 4)));
}
