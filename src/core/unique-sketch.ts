import { estimateDistinct } from './hyperloglog.js';

/** Hashes that a sketch keeps as they are; one more, and it becomes a HyperLogLog. */
export const EXACT_LIMIT = 10_000;

/** Version, form, and the estimate in six bytes: enough of a sketch to know the number. */
export const SKETCH_HEADER_BYTES = 8;
export const SKETCH_VERSION = 2;
/** Before there were estimates in it. */
const OLD_VERSION = 1;
const OLD_HEADER_BYTES = 2;

const FORM_HASHES = 0;
const FORM_REGISTERS = 1;

const INDEX_BITS = 15;
const REGISTERS = 1 << INDEX_BITS;
const MAX_ESTIMATE = 2 ** 48 - 1;
/** Bits of a hash that are left to look for its first one. */
const RANK_BITS = 64 - INDEX_BITS;

/**
 * How many distinct things were seen, by 64-bit hashes of them: the hashes themselves up to 10,000 (exact),
 * then a HyperLogLog of 2^15 registers (Flajolet et al. 2007; standard error 0.57 %).
 * Merging sketches gives the sketch of the union, in whatever order.
 */
export class UniqueSketch {
  /** Open addressing, two words a hash; 0,0 is a free slot. */
  private table = new Uint32Array(32);
  private size = 0;
  private registers: Uint8Array | null = null;

  /** @throws Error for bytes that `toBytes` did not write. */
  static fromBytes(bytes: Uint8Array): UniqueSketch {
    const sketch = new UniqueSketch();
    sketch.mergeBytes(bytes);
    return sketch;
  }

  /** The estimate of a stored sketch, by its first SKETCH_HEADER_BYTES. @throws Error for bytes of another version than SKETCH_VERSION. */
  static estimateOf(header: Uint8Array): number {
    if (header[0] !== SKETCH_VERSION) throw new Error(`a sketch of version ${header[0]} has no estimate`);
    return Buffer.from(header.buffer, header.byteOffset, header.length).readUIntBE(2, 6);
  }

  /** Is `estimate` the true number? */
  get exact(): boolean {
    return this.registers === null;
  }

  add(high: number, low: number): void {
    if (this.registers) raise(this.registers, high, low);
    else this.insert(high, low);
  }

  /** Adds hashes of 8 bytes each, most significant first. */
  addHashes(bytes: Uint8Array): void {
    if (bytes.length % 8 !== 0) throw new Error('hashes have 8 bytes each');
    this.makeRoom(bytes.length / 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 8) this.add(view.getUint32(at), view.getUint32(at + 4));
  }

  merge(other: UniqueSketch): void {
    if (other.registers) {
      this.mergeRegisters(other.registers);
      return;
    }
    const table = other.table;
    for (let at = 0; at < table.length; at += 2) {
      if (table[at] !== 0 || table[at + 1] !== 0) this.add(table[at], table[at + 1]);
    }
  }

  /** As `merge(UniqueSketch.fromBytes(bytes))`, without the sketch in between. */
  mergeBytes(bytes: Uint8Array): void {
    const body = bytes.subarray(headerBytes(bytes[0]));
    if (bytes[1] === FORM_HASHES && body.length <= EXACT_LIMIT * 8) this.addHashes(body);
    else if (bytes[1] === FORM_REGISTERS && body.length === REGISTERS) this.mergeRegisters(body);
    else throw new Error('not the bytes of a sketch');
  }

  estimate(): number {
    return this.registers ? Math.round(estimateRegisters(this.registers)) : this.size;
  }

  /** The header, then the hashes (in no particular order) or the registers. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(SKETCH_HEADER_BYTES + (this.registers ? REGISTERS : this.size * 8));
    bytes[0] = SKETCH_VERSION;
    bytes[1] = this.registers ? FORM_REGISTERS : FORM_HASHES;
    let at = bytes.writeUIntBE(Math.min(this.estimate(), MAX_ESTIMATE), 2, 6);
    if (this.registers) bytes.set(this.registers, at);
    for (let slot = 0; slot < this.table.length; slot += 2) {
      if (this.table[slot] === 0 && this.table[slot + 1] === 0) continue;
      at = bytes.writeUInt32BE(this.table[slot], at);
      at = bytes.writeUInt32BE(this.table[slot + 1], at);
    }
    return bytes;
  }

  private insert(high: number, low: number): void {
    // 0,0 marks a free slot: the one hash of 2^64 that is zero shares the place of the next
    const word = high === 0 && low === 0 ? 1 : low;
    const slot = findSlot(this.table, high, word);
    if (this.table[slot] === high && this.table[slot + 1] === word) return;
    if (this.size === EXACT_LIMIT) {
      raise(this.promote(), high, word);
      return;
    }
    this.table[slot] = high;
    this.table[slot + 1] = word;
    this.size++;
    this.makeRoom(0);
  }

  // A table at most half full: two words a hash.
  private makeRoom(more: number): void {
    const needed = Math.min(this.size + more, EXACT_LIMIT) * 4;
    if (this.registers || needed <= this.table.length) return;
    const old = this.table;
    let length = old.length;
    while (length < needed) length *= 2;
    this.table = new Uint32Array(length);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0 && old[at + 1] === 0) continue;
      const slot = findSlot(this.table, old[at], old[at + 1]);
      this.table[slot] = old[at];
      this.table[slot + 1] = old[at + 1];
    }
  }

  private promote(): Uint8Array {
    if (this.registers) return this.registers;
    const registers = new Uint8Array(REGISTERS);
    for (let at = 0; at < this.table.length; at += 2) {
      if (this.table[at] !== 0 || this.table[at + 1] !== 0)
        raise(registers, this.table[at], this.table[at + 1]);
    }
    this.table = new Uint32Array(0);
    this.registers = registers;
    return registers;
  }

  private mergeRegisters(other: Uint8Array): void {
    const registers = this.promote();
    let greatest = 0;
    for (let i = 0; i < REGISTERS; i++) {
      if (other[i] <= registers[i]) continue;
      registers[i] = other[i];
      greatest = Math.max(greatest, other[i]);
    }
    if (greatest > RANK_BITS + 1) throw new Error('not the bytes of a sketch');
  }
}

function headerBytes(version: number): number {
  if (version === SKETCH_VERSION) return SKETCH_HEADER_BYTES;
  if (version === OLD_VERSION) return OLD_HEADER_BYTES;
  throw new Error(`a sketch of version ${version} cannot be read`);
}

function findSlot(table: Uint32Array, high: number, low: number): number {
  const mask = table.length - 1;
  let slot = (low << 1) & mask;
  while ((table[slot] !== 0 || table[slot + 1] !== 0) && (table[slot] !== high || table[slot + 1] !== low)) {
    slot = (slot + 2) & mask;
  }
  return slot;
}

// The first 15 bits choose a register; it keeps the longest run of zeros, plus one, at the head of the other 49.
function raise(registers: Uint8Array, high: number, low: number): void {
  const index = high >>> (32 - INDEX_BITS);
  const head = (high << INDEX_BITS) | (low >>> (32 - INDEX_BITS));
  const rank =
    head !== 0 ? Math.clz32(head) + 1 : 32 + Math.min(Math.clz32(low << INDEX_BITS), RANK_BITS - 32) + 1;
  if (rank > registers[index]) registers[index] = rank;
}

function estimateRegisters(registers: Uint8Array): number {
  const histogram = new Uint32Array(RANK_BITS + 2);
  for (const rank of registers) histogram[rank]++;
  return estimateDistinct(histogram, REGISTERS);
}
