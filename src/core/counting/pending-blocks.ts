import type { Block } from './count-store.js';
import { CountedRecords } from './counted-records.js';
import type { CountedKind } from './kind.js';

/** Most bytes kept in memory, of some 300,000 records; the rest is read anew by each query. */
const MOST_BYTES = 20_000_000;

/** What this process knows of the records that are not in the rollups yet: its own blocks, and those that it has read. */
export class PendingBlocks {
  private readonly blocks = new Map<number, CountedRecords>();
  private bytes = 0;

  /** @param mostBytes that are kept; 0 in a process that answers no queries. */
  constructor(
    private readonly kind: CountedKind,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /** Adds a stored block, while there is room. */
  add(block: Block): void {
    if (this.hasRoomFor(block.id)) this.take(block);
  }

  /** The records of a block that was read; it is kept as by `add`. */
  take({ id, rows }: Block): CountedRecords {
    const records = CountedRecords.fromRows(this.kind, rows);
    if (this.hasRoomFor(id)) {
      this.blocks.set(id, records);
      this.bytes += records.bytes;
    }
    return records;
  }

  /** The blocks of these ids that are here, and the ids of those that are not. */
  of(ids: readonly number[]): { here: CountedRecords[]; missing: number[] } {
    const here: CountedRecords[] = [];
    const missing: number[] = [];
    for (const id of ids) {
      const records = this.blocks.get(id);
      if (records) here.push(records);
      else missing.push(id);
    }
    return { here, missing };
  }

  /** Blocks that are in the rollups now. */
  forget(ids: Iterable<number>): void {
    for (const id of ids) {
      this.bytes -= this.blocks.get(id)?.bytes ?? 0;
      this.blocks.delete(id);
    }
  }

  /** The ids of all blocks here. */
  ids(): number[] {
    return [...this.blocks.keys()];
  }

  private hasRoomFor(id: number): boolean {
    return this.bytes < this.mostBytes && !this.blocks.has(id);
  }
}
