import { Yielder } from '../yielder.js';
import { OTHER } from './kind.js';
import { KeyTable, type NumberList, type SeenByValue } from './seen-by-value.js';

/** Ids processed in one turn of the event loop: some 5 ms. */
const TURN_NUMBERS = 500_000;
/** Bit sets that are counted together: they should fit into a processor's cache. */
const MOST_WORDS = 2 ** 20;

/** How many were seen with a value at a point of a series. */
export interface ValueCount {
  point: number;
  value: string;
  n: number;
}

export interface DistinctCounts {
  /** By point, then value; the greatest values of all points, the rest together as '(other)'. */
  series: ValueCount[];
  /** Over all points and values. */
  total: number;
}

/** Who was seen with a value in one of the pieces that were added. */
interface Part {
  piece: number;
  list: NumberList;
}
type Sets = Map<string, Part[]>;

/** How many were seen with each value at each point of a series, and with whatever value: exactly. */
export class DistinctByValue {
  private readonly ids = new KeyTable();
  /** Of each piece: by an id's number in it, that among all. */
  private readonly numbers: Int32Array[] = [];
  private readonly values: Sets = new Map();
  private readonly points = new Map<number, Sets>();
  private readonly yielder = new Yielder(TURN_NUMBERS);

  /** Ids so far, whatever their points and values. */
  get size(): number {
    return this.ids.size;
  }

  /** Pieces of one point may overlap. */
  async add(point: number, seen: SeenByValue): Promise<void> {
    const { size, lists } = seen;
    const numbers = new Int32Array(size);
    this.ids.makeRoom(size);
    for (let i = 0; i < size; i++) numbers[i] = this.ids.numberOf(seen.keyAt(i));
    const piece = this.numbers.push(numbers) - 1;
    const atPoint = this.points.get(point) ?? new Map<string, Part[]>();
    this.points.set(point, atPoint);
    for (const [value, list] of lists) {
      for (const sets of [this.values, atPoint]) addTo(sets, value, [{ piece, list }]);
    }
    await this.yielder.after(size);
  }

  /** @param most values that are told apart: those that the most were seen with */
  async counts(most: number): Promise<DistinctCounts> {
    const totals = [...(await this.sizes(this.values))].filter(([value]) => value !== OTHER);
    totals.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const told = new Set(totals.slice(0, most).map(([value]) => value));
    const series: ValueCount[] = [];
    for (const [point, sets] of [...this.points].sort(([a], [b]) => a - b)) {
      const groups: Sets = new Map();
      for (const [value, parts] of sets) addTo(groups, told.has(value) ? value : OTHER, parts);
      const sizes = [...(await this.sizes(groups))].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [value, n] of sizes) series.push({ point, value, n });
    }
    return { series, total: this.ids.size };
  }

  private async sizes(sets: Sets): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    const words = Math.ceil(this.ids.size / 32);
    const atOnce = Math.max(1, Math.floor(MOST_WORDS / words));
    let some: [string, Part[]][] = [];
    for (const [value, parts] of sets) {
      if (parts.length === 1) sizes.set(value, parts[0].list.count);
      else if (some.push([value, parts]) === atOnce) {
        await this.unite(some, words, sizes);
        some = [];
      }
    }
    await this.unite(some, words, sizes);
    return sizes;
  }

  /** Piece by piece, whose numbers are in the cache then. */
  private async unite(sets: [string, Part[]][], words: number, sizes: Map<string, number>): Promise<void> {
    const bits = new Uint32Array(sets.length * words);
    const found = sets.map(() => 0);
    const all = sets.flatMap(([, parts], set) => parts.map((part) => ({ ...part, set })));
    for (const { piece, list, set } of all.sort((a, b) => a.piece - b.piece)) {
      found[set] += mark(bits, set * words, list.bytes, this.numbers[piece]);
      await this.yielder.after(list.count);
    }
    for (const [set, [value]] of sets.entries()) sizes.set(value, found[set]);
  }
}

function addTo(sets: Sets, value: string, parts: readonly Part[]): void {
  const before = sets.get(value);
  if (before) before.push(...parts);
  else sets.set(value, [...parts]);
}

/** Sets the bit of each of a list, from a word on; gives how many were not set before. */
function mark(bits: Uint32Array, first: number, list: Uint8Array, numbers: Int32Array): number {
  let [at, number, added] = [0, -1, 0];
  while (at < list.length) {
    let byte = list[at++];
    let distance = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = list[at++];
      distance |= (byte & 0x7f) << shift;
    }
    number += distance;
    const id = numbers[number];
    const word = first + (id >>> 5);
    const bit = 1 << (id & 31);
    if ((bits[word] & bit) === 0) {
      bits[word] |= bit;
      added++;
    }
  }
  return added;
}
