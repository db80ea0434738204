import { expect, it } from 'vitest';
import { AddressHash } from './address-hash.js';

// The published vectors for a key of the bytes 0, 1, … 7 and messages of 4 and 16 of them.
it.each([
  [[0x03020100], 'd5e78a175be52ea1'],
  [[0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c], '7336aad25f7bf3b5'],
])('is HalfSipHash-2-4-64 of %j', (words, expected) => {
  const hash = new AddressHash(0x03020100, 0x07060504);
  hash.digest(Uint32Array.from(words), words.length);
  const digest = Buffer.alloc(8);
  digest.writeInt32LE(hash.low, 0);
  digest.writeInt32LE(hash.high, 4);
  expect(digest.toString('hex')).toBe(expected);
});
