import type { AddressHash } from './address-hash.js';

const MAX_LOAD = 0.9;
/** How much larger a full table becomes: the less, the less of it is empty. */
const GROWTH = 1.25;
const MIN_CAPACITY = 16;
/** About what the engine takes for a table, its views and its buffer, beside the places. */
const OVERHEAD_BYTES = 500;

type Visit = (words: Uint32Array, low: number, day: number) => void;

/**
 * Addresses of one width with a day each: open addressing with linear probing; day 0 is a free place.
 * `low` is the low half of an address's hash, unsigned.
 */
export class AddressTable {
  size = 0;
  private capacity: number;
  private keys: Uint32Array;
  private days: Uint16Array;

  /**
   * Room for so many addresses of `width` words, and more by `phase` (0 to 1, how far from one growth to the next):
   * tables of different phases grow by turns, and together are never all half empty.
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

  /** 0 for an address that is not there. */
  dayOf(words: Uint32Array, low: number): number {
    return this.days[this.find(words, low)];
  }

  /** The later of two days stays. Was the address not there? */
  note(words: Uint32Array, low: number, day: number): boolean {
    let slot = this.find(words, low);
    const before = this.days[slot];
    if (before > 0) {
      if (day > before) this.days[slot] = day;
      return false;
    }
    if (this.size >= this.capacity * MAX_LOAD) {
      this.rebuild(this.capacity * GROWTH, 1);
      slot = this.find(words, low);
    }
    this.put(slot, words, day);
    return true;
  }

  /** Removes what was last noted before `day`; gives how many that were. */
  forgetBefore(day: number): number {
    const before = this.size;
    let kept = 0;
    for (const noted of this.days) if (noted > 0 && noted >= day) kept++;
    if (kept < before) this.rebuild((this.capacity * kept) / before, day);
    return before - kept;
  }

  /** Visits every address with the low half of its hash, whose high half is in the hash; `words` is the same array each time. */
  forEach(visit: Visit): void {
    const { keys, days, width, hash } = this;
    const words = new Uint32Array(width);
    for (let slot = 0; slot < days.length; slot++) {
      if (days[slot] === 0) continue;
      for (let i = 0; i < width; i++) words[i] = keys[slot * width + i];
      hash.digest(words, width);
      visit(words, hash.low >>> 0, days[slot]);
    }
  }

  // The place of the address, or the free one where it belongs.
  private find(words: Uint32Array, low: number): number {
    const { capacity, days } = this;
    let slot = Math.floor((low * capacity) / 2 ** 32);
    while (days[slot] !== 0 && !this.holds(slot, words)) slot = slot + 1 === capacity ? 0 : slot + 1;
    return slot;
  }

  private holds(slot: number, words: Uint32Array): boolean {
    const { keys, width } = this;
    for (let i = 0; i < width; i++) if (keys[slot * width + i] !== words[i]) return false;
    return true;
  }

  private put(slot: number, words: Uint32Array, day: number): void {
    for (let i = 0; i < this.width; i++) this.keys[slot * this.width + i] = words[i];
    this.days[slot] = day;
    this.size++;
  }

  private rebuild(capacity: number, firstDay: number): void {
    const rebuilt = new AddressTable(this.width, this.hash);
    rebuilt.allocate(capacity);
    this.forEach((words, low, day) => {
      if (day >= firstDay) rebuilt.put(rebuilt.find(words, low), words, day);
    });
    Object.assign(this, rebuilt);
  }

  // One buffer for both: keys first, since they must lie on whole words.
  private allocate(capacity: number): void {
    this.capacity = Math.max(MIN_CAPACITY, Math.ceil(capacity));
    const keyBytes = this.capacity * this.width * 4;
    const buffer = new ArrayBuffer(keyBytes + this.capacity * 2);
    this.keys = new Uint32Array(buffer, 0, this.capacity * this.width);
    this.days = new Uint16Array(buffer, keyBytes, this.capacity);
  }
}
