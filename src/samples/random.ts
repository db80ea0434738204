const WARM_UP = 12;

/** Repeatable random numbers (sfc32 of Doty-Humphrey's PractRand): the same seed and stream give the same ones. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** `seed` is a whole number up to 2^53; streams of one seed have nothing to do with each other. */
  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = stream | 0;
    for (let i = 0; i < WARM_UP; i++) this.bits();
  }

  /** 32 bits, unsigned. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Half of them lie below `median`; the greater `sigma`, the longer the tail. */
  logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
    return median * Math.exp(sigma * normal);
  }

  /** `words` times eight hexadecimal digits. */
  hex(words: number): string {
    let text = '';
    for (let i = 0; i < words; i++) text += this.bits().toString(16).padStart(8, '0');
    return text;
  }

  /** In the form of a random UUID (version 4). */
  uuid(): string {
    const hex = this.hex(4);
    const variant = '89ab'[Number.parseInt(hex[16], 16) & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** A choice among items of different weights. */
export class Weighted<T> {
  private readonly reach: number[] = [];
  private total = 0;

  constructor(
    private readonly items: readonly T[],
    weights: readonly number[],
  ) {
    for (const weight of weights) this.reach.push((this.total += weight));
  }

  pick(random: Random): T {
    const point = random.unit() * this.total;
    return this.items[this.reach.findIndex((end) => point < end)];
  }
}

/** The first item most often, the n-th n^1.1 times more seldom, as names are used (Zipf). */
export function zipf<T>(items: readonly T[]): Weighted<T> {
  return new Weighted(
    items,
    items.map((_, rank) => (rank + 1) ** -1.1),
  );
}
