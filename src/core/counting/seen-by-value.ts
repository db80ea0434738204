import { Yielder } from '../yielder.js';

/** Bytes of an id's hash: the first 48 bits of `hashOf`. Two of a million share one in one case of 600. */
const ID_BYTES = 6;
const KEY_BITS = 48;
const HEADER_LENGTH_BYTES = 4;
/** Ids looked up in one turn of the event loop: some 5 ms. */
const TURN_KEYS = 50_000;

/** The hash of an id, as a number. */
export function keyOf(high: number, low: number): number {
  return high * 0x1_0000 + (low >>> 16);
}

/** Keys of ID_BYTES each, most significant first. */
function packed(keys: Float64Array): Buffer {
  const bytes = Buffer.allocUnsafe(keys.length * ID_BYTES);
  for (let i = 0; i < keys.length; i++) bytes.writeUIntBE(keys[i], i * ID_BYTES, ID_BYTES);
  return bytes;
}

/** Numbers that ascend, each as its distance from the one before (LEB128): who is seen often has many, one byte each. */
export interface NumberList {
  count: number;
  bytes: Uint8Array;
}

/** Gives each key a number, from 0, in the order in which they come. */
export class KeyTable {
  size = 0;
  /** Key + 1; 0 is a free slot. Slots are nearly in key order, so that keys inserted in order lie side by side. */
  private keys = new Float64Array(16);
  private numbers = new Int32Array(16);

  /** Call it before many insertions: keys inserted in order would crowd one part of a table that grows meanwhile. */
  makeRoom(more: number): void {
    const slots = 2 ** Math.ceil(Math.log2((this.size + more) * 2));
    if (slots > this.keys.length) this.grow(slots);
  }

  numberOf(key: number): number {
    const slot = this.slotOf(key);
    if (this.keys[slot] !== 0) return this.numbers[slot];
    this.keys[slot] = key + 1;
    this.numbers[slot] = this.size;
    return this.size++;
  }

  /** Numbers them anew, in the order of the keys, and gives these. */
  inOrder(): Float64Array {
    const ordered = new Float64Array(this.size);
    let number = 0;
    for (let slot = 0; slot < this.keys.length; slot++) {
      if (this.keys[slot] === 0) continue;
      this.numbers[slot] = number;
      ordered[number++] = this.keys[slot] - 1;
    }
    return ordered;
  }

  private slotOf(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let slot = Math.floor((key / 2 ** KEY_BITS) * keys.length);
    while (keys[slot] !== 0 && keys[slot] !== key + 1) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(slots: number): void {
    const { keys, numbers } = this;
    this.keys = new Float64Array(slots);
    this.numbers = new Int32Array(slots);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const slot = this.slotOf(keys[i] - 1);
      this.keys[slot] = keys[i];
      this.numbers[slot] = numbers[i];
    }
  }
}

/**
 * Who was seen with which value of a dimension in a stretch of time, exactly: each id's hash once, and by value the numbers of
 * those that were seen with it.
 */
export class SeenByValue {
  private constructor(
    private readonly ids: Buffer,
    readonly lists: ReadonlyMap<string, NumberList>,
  ) {}

  /** How many ids. */
  get size(): number {
    return this.ids.length / ID_BYTES;
  }

  /** The key of the id with this number; keys are about in their order. Read in place: an array of them would be garbage of 12 MB a month. */
  keyAt(number: number): number {
    const { ids } = this;
    const at = number * ID_BYTES;
    const high = ((ids[at] << 24) | (ids[at + 1] << 16) | (ids[at + 2] << 8) | ids[at + 3]) >>> 0;
    return high * 0x1_0000 + ((ids[at + 4] << 8) | ids[at + 5]);
  }

  /** From the hashes seen with each value, in any order, repeated or not. */
  static async of(seen: ReadonlyMap<string, Float64Array>): Promise<SeenByValue> {
    const yielder = new Yielder(TURN_KEYS);
    const table = new KeyTable();
    for (const keys of seen.values()) {
      table.makeRoom(keys.length);
      for (let i = 0; i < keys.length; i++) table.numberOf(keys[i]);
      await yielder.after(keys.length);
    }
    const ordered = table.inOrder();
    const lists = new Map<string, NumberList>();
    for (const [value, keys] of seen) {
      const numbers = new Uint32Array(keys.length);
      for (let i = 0; i < keys.length; i++) numbers[i] = table.numberOf(keys[i]);
      lists.set(value, listOf(numbers.sort()));
      await yielder.after(keys.length);
    }
    return new SeenByValue(packed(ordered), lists);
  }

  /** Refers to the bytes. @throws Error for bytes that `toBytes` did not write. */
  static fromBytes(bytes: Buffer): SeenByValue {
    const header = HEADER_LENGTH_BYTES + (bytes.length < HEADER_LENGTH_BYTES ? NaN : bytes.readUInt32BE(0));
    if (!(header <= bytes.length)) throw new Error('not the bytes of ids by value');
    const [ids, values] = JSON.parse(bytes.toString('utf8', HEADER_LENGTH_BYTES, header)) as Header;
    let at = header + ids * ID_BYTES;
    const keys = bytes.subarray(header, at);
    const lists = new Map<string, NumberList>();
    for (const [value, count, length] of values) {
      lists.set(value, { count, bytes: bytes.subarray(at, at + length) });
      at += length;
    }
    if (at !== bytes.length) throw new Error('not the bytes of ids by value');
    return new SeenByValue(keys, lists);
  }

  /** The length of the header (4 bytes), its JSON, the hashes of ID_BYTES each, then the lists. */
  toBytes(): Buffer {
    const values = [...this.lists].map(([value, { count, bytes }]) => [value, count, bytes.length]);
    const header = Buffer.from(JSON.stringify([this.size, values]));
    const length = Buffer.allocUnsafe(HEADER_LENGTH_BYTES);
    length.writeUInt32BE(header.length);
    const lists = [...this.lists.values()].map(({ bytes }) => bytes);
    return Buffer.concat([length, header, this.ids, ...lists]);
  }
}

type Header = [ids: number, values: [value: string, count: number, bytes: number][]];

/** @param sorted may have some twice */
function listOf(sorted: Uint32Array): NumberList {
  // five bytes hold 32 bits
  const bytes = new Uint8Array(sorted.length * 5);
  let [at, count, before] = [0, 0, -1];
  for (let i = 0; i < sorted.length; i++) {
    let distance = sorted[i] - before;
    if (distance === 0) continue;
    before = sorted[i];
    count++;
    for (; distance > 0x7f; distance >>>= 7) bytes[at++] = (distance & 0x7f) | 0x80;
    bytes[at++] = distance;
  }
  return { count, bytes: bytes.slice(0, at) };
}
