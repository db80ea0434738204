import type { AddressHash } from './address-hash.js';

const MAX_LOAD = 0.9;
/** Growth factor of a full table: a small one wastes less memory. */
const GROWTH = 1.25;
const MIN_CAPACITY = 16;
/** Roughly what the engine takes for a table, its views and its buffer, besides the slots. */
const OVERHEAD_BYTES = 500;

type Visit = (words: Uint32Array, low: number) => void;

/**
 * Addresses of one width: open addressing with linear probing.
 * `low` is the low half of an address's hash, unsigned.
 */
export class AddressTable {
  size = 0;
  private capacity: number;
  private keys: Uint32Array;
  /** 0 for a free slot, else 1: no word can mark a free one, since each is an IPv4 address. */
  private taken: Uint8Array;

  /**
   * Room for so many addresses of `width` words, enlarged by `phase` (0 to 1, the fraction of a growth step): tables with
   * different phases grow at different times, so that they are never all half empty at once.
   */
  constructor(
    readonly width: number,
    private readonly hash: AddressHash,
    addresses = 0,
    phase = 0,
  ) {
    this.allocate((addresses / MAX_LOAD) * GROWTH ** phase);
  }

  get bytes(): number {
    return this.keys.buffer.byteLength + OVERHEAD_BYTES;
  }

  has(words: Uint32Array, low: number): boolean {
    return this.taken[this.find(words, low)] === 1;
  }

  /** True if the address was not there yet. */
  add(words: Uint32Array, low: number): boolean {
    if (this.has(words, low)) return false;
    if (this.size >= this.capacity * MAX_LOAD) this.grow();
    this.put(words, low);
    return true;
  }

  /** Visits every address with the low half of its hash, whose high half is in the hash; `words` is the same array each time. */
  forEach(visit: Visit): void {
    const { keys, taken, width, hash } = this;
    const words = new Uint32Array(width);
    for (let slot = 0; slot < taken.length; slot++) {
      if (taken[slot] === 0) continue;
      for (let i = 0; i < width; i++) words[i] = keys[slot * width + i];
      hash.digest(words, width);
      visit(words, hash.low >>> 0);
    }
  }

  // The place of the address, or the free one where it belongs.
  private find(words: Uint32Array, low: number): number {
    const { capacity, taken } = this;
    let slot = Math.floor((low * capacity) / 2 ** 32);
    while (taken[slot] === 1 && !this.holds(slot, words)) slot = slot + 1 === capacity ? 0 : slot + 1;
    return slot;
  }

  private holds(slot: number, words: Uint32Array): boolean {
    const { keys, width } = this;
    for (let i = 0; i < width; i++) if (keys[slot * width + i] !== words[i]) return false;
    return true;
  }

  private put(words: Uint32Array, low: number): void {
    const slot = this.find(words, low);
    for (let i = 0; i < this.width; i++) this.keys[slot * this.width + i] = words[i];
    this.taken[slot] = 1;
    this.size++;
  }

  private grow(): void {
    const grown = new AddressTable(this.width, this.hash);
    grown.allocate(this.capacity * GROWTH);
    this.forEach((words, low) => grown.put(words, low));
    Object.assign(this, grown);
  }

  // One buffer for both: keys first, since they must lie on whole words.
  private allocate(capacity: number): void {
    this.capacity = Math.max(MIN_CAPACITY, Math.ceil(capacity));
    const keyBytes = this.capacity * this.width * 4;
    const buffer = new ArrayBuffer(keyBytes + this.capacity);
    this.keys = new Uint32Array(buffer, 0, this.capacity * this.width);
    this.taken = new Uint8Array(buffer, keyBytes, this.capacity);
  }
}
