import { estimateDistinct } from '../counting/hyperloglog.js';
import { AddressHash } from './address-hash.js';
import { addressWords, IPV6_WORDS } from './ip-address.js';

const INDEX_BITS = 16;
/** One byte each; standard error 0.41 %. */
export const ADDRESS_REGISTERS = 1 << INDEX_BITS;
/** A register holds the longest run of zeros, plus one, at the head of the 48 bits that do not choose the register. */
const HIGHEST_RANK = 64 - INDEX_BITS + 1;

// Registers are kept in the database for years: this key must never change.
const hash = new AddressHash(0x53696768, 0x746c696e);
const words = new Uint32Array(IPV6_WORDS);

/** Which register of the HyperLogLog an address belongs to, and the rank it raises it to; `ip` canonical. */
export function registerOf(ip: string): { register: number; rank: number } {
  hash.digest(words, addressWords(ip, words));
  const { high, low } = hash;
  const head = high << INDEX_BITS;
  const zeros = head !== 0 ? Math.clz32(head) : 32 - INDEX_BITS + Math.clz32(low);
  return { register: high >>> (32 - INDEX_BITS), rank: zeros + 1 };
}

/** How many distinct addresses there were, by the registers they raised. Within 1 %, in 64 KiB. */
export class AddressSketch {
  private readonly registers = new Uint8Array(ADDRESS_REGISTERS);
  /** How many registers hold each rank, so that an estimate need not read them all. */
  private readonly histogram = new Uint32Array(HIGHEST_RANK + 1);
  private estimated: number | null = 0;

  constructor() {
    this.histogram[0] = ADDRESS_REGISTERS;
  }

  get bytes(): number {
    return this.registers.byteLength + this.histogram.byteLength;
  }

  /** Would adding this address change the estimate? */
  isNew(ip: string): boolean {
    const { register, rank } = registerOf(ip);
    return rank > this.registers[register];
  }

  add(ip: string): void {
    const { register, rank } = registerOf(ip);
    this.raise(register, rank);
  }

  /** @throws Error for registers that are not of this sketch. */
  merge(registers: Uint8Array): void {
    if (registers.length !== ADDRESS_REGISTERS || registers.some((rank) => rank > HIGHEST_RANK)) {
      throw new Error('not the registers of an address sketch');
    }
    registers.forEach((rank, register) => this.raise(register, rank));
  }

  estimate(): number {
    return (this.estimated ??= Math.round(estimateDistinct(this.histogram, ADDRESS_REGISTERS)));
  }

  private raise(register: number, rank: number): void {
    const before = this.registers[register];
    if (rank <= before) return;
    this.registers[register] = rank;
    this.histogram[before]--;
    this.histogram[rank]++;
    this.estimated = null;
  }
}
