import { hash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 9;

/** No key, generated or chosen, may be longer. */
export const MAX_KEY_LENGTH = 256;

/** What a key may look like: printable ASCII, as a header can carry it. */
export const KEY_TEXT = /^[\x21-\x7e]+$/;

/** Shorter keys can be guessed, at 100 guesses a second from each of many addresses. */
const MIN_KEY_LENGTH = 16;
/** A key of one character over and over, or of a few, is long without being hard to guess. */
const MIN_DISTINCT = 5;
/** Placeholders of examples that somebody forgot to replace. */
const PLACEHOLDER = /(change|replace)[-_.]?(me|this|it)|placeholder|^(your|my|example)[-_.]/i;

/** Why a chosen key is no secret; null where it may be one. */
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

/** The part of a key that lists show; at most a quarter of it, since chosen keys may be short. */
export function prefixOf(key: string): string {
  return key.slice(0, Math.min(PREFIX_LENGTH, Math.floor(key.length / 4)));
}
