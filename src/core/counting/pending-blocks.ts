import type { Block } from '../count-store.js';
import type { CountedRow } from './kind.js';

/** Most records kept in memory, some 25 MB; the rest is read anew by each query. */
const MOST_RECORDS = 80_000;

/** What this process knows of the records that are not in the rollups yet: its own blocks, and those that it has read. */
export class PendingBlocks {
  private readonly rows = new Map<number, readonly CountedRow[]>();
  private records = 0;

  /** @param most records that are kept; 0 in a process that answers no queries. */
  constructor(private readonly most = MOST_RECORDS) {}

  /** Adds a stored block, unless there is no room. */
  add(id: number, rows: readonly CountedRow[]): void {
    if (this.rows.has(id) || this.records + rows.length > this.most) return;
    this.rows.set(id, rows);
    this.records += rows.length;
  }

  /** The blocks of these ids that are here, and the ids of those that are not. */
  of(ids: readonly number[]): { here: Block[]; missing: number[] } {
    const here: Block[] = [];
    const missing: number[] = [];
    for (const id of ids) {
      const rows = this.rows.get(id);
      if (rows) here.push({ id, rows });
      else missing.push(id);
    }
    return { here, missing };
  }

  /** Blocks that are in the rollups now. */
  forget(ids: Iterable<number>): void {
    for (const id of ids) {
      const rows = this.rows.get(id);
      if (!rows) continue;
      this.rows.delete(id);
      this.records -= rows.length;
    }
  }

  /** The ids of all blocks here. */
  ids(): number[] {
    return [...this.rows.keys()];
  }
}
