/**
 * HalfSipHash-2-4 with 64 bits of output (Aumasson and Bernstein), over whole 32-bit words. With a secret key nobody
 * can choose addresses that collide; with a fixed one the hash is the same in every process.
 * The two halves of the last digest are left in `high` and `low`, as int32: a hash allocates nothing.
 */
export class AddressHash {
  high = 0;
  low = 0;

  constructor(
    private readonly key0: number,
    private readonly key1: number,
  ) {}

  digest(words: Uint32Array, count: number): void {
    let v0 = this.key0;
    let v1 = this.key1 ^ 0xee;
    let v2 = this.key0 ^ 0x6c796765;
    let v3 = this.key1 ^ 0x74656462;
    // the words, then a block with the length in bytes, then 4 rounds for each half of the output
    const blocks = count + 1;
    const rounds = 2 * blocks + 8;
    for (let round = 0; round < rounds; round++) {
      const block = round >> 1;
      const word = block < count ? words[block] : count << 26;
      const absorbing = block < blocks;
      if (absorbing && (round & 1) === 0) v3 ^= word;
      if (round === 2 * blocks) v2 ^= 0xee;
      if (round === 2 * blocks + 4) {
        this.low = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (absorbing && (round & 1) === 1) v0 ^= word;
    }
    this.high = v1 ^ v3;
  }
}
