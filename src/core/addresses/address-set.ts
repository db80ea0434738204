import { randomInt } from 'node:crypto';
import { AddressHash } from './address-hash.js';
import { AddressTable } from './address-table.js';
import { addressWords, IPV4_WORDS, IPV6_WORDS } from './ip-address.js';

/** Addresses past which a table is split into sixteen: one insertion moves at most about a millisecond's worth, at any size. */
const SPLIT_AT = 8_192;
const FAN_OUT_BITS = 4;
const FAN_OUT = 1 << FAN_OUT_BITS;

/** A table, or what became of it: sixteen by the next four bits of the hash. */
type Tree = AddressTable | Tree[];

/**
 * A set of canonical addresses: about 6 bytes for IPv4 and 21 for IPv6, also while it grows, since it consists of small tables
 * that grow one at a time. The hash has a random key, so that nobody can choose addresses that crowd one table. A lookup
 * allocates nothing.
 */
export class AddressSet {
  private readonly hash = new AddressHash(randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0);
  private readonly words = new Uint32Array(IPV6_WORDS);
  private readonly trees: Tree[] = [IPV4_WORDS, IPV6_WORDS].map(
    (width) => new AddressTable(width, this.hash),
  );
  // Where the last lookup ended: `branch[at]` is the address's table, `depth` below the root.
  private branch = this.trees;
  private at = 0;
  private depth = 0;
  size = 0;
  /** What it takes in memory. */
  bytes = 0;

  constructor() {
    for (const tree of this.trees) this.bytes += (tree as AddressTable).bytes;
  }

  has(ip: string): boolean {
    return this.descend(ip).has(this.words, this.hash.low >>> 0);
  }

  add(ip: string): void {
    const table = this.descend(ip);
    const bytesBefore = table.bytes;
    if (!table.add(this.words, this.hash.low >>> 0)) return;
    this.size++;
    this.bytes += table.bytes - bytesBefore;
    if (table.size > SPLIT_AT) this.split(table);
  }

  private descend(ip: string): AddressTable {
    const width = addressWords(ip, this.words);
    this.hash.digest(this.words, width);
    this.branch = this.trees;
    this.at = width === IPV4_WORDS ? 0 : 1;
    this.depth = 0;
    for (;;) {
      const tree = this.branch[this.at];
      if (tree instanceof AddressTable) return tree;
      this.branch = tree;
      this.at = this.child(this.depth++);
    }
  }

  private split(table: AddressTable): void {
    const { width } = table;
    const children = Array.from(
      { length: FAN_OUT },
      (_, child) => new AddressTable(width, this.hash, table.size / FAN_OUT, (child + 0.5) / FAN_OUT),
    );
    table.forEach((words, low) => children[this.child(this.depth)].add(words, low));
    this.branch[this.at] = children;
    this.bytes -= table.bytes;
    for (const { bytes } of children) this.bytes += bytes;
  }

  // The child for the address hashed last. The high half of the hash chooses the path, the low half the slot in a table.
  private child(depth: number): number {
    return (this.hash.high >>> (32 - FAN_OUT_BITS * (depth + 1))) & (FAN_OUT - 1);
  }
}
