import type { CountTransaction, NamesOfDay, Total } from '../count-store.js';
import { REMEMBERED_DAYS, type FoldedRecords } from '../store-maintenance.js';
import { FIRST_VALUE, OTHER, type CountedKind, type CountedRow } from './kind.js';

/** Values of one dimension and day, with how many of the batch's records each has. */
interface Named extends NamesOfDay {
  counts: Map<string, number>;
  /** Values that are counted as '(other)'; null while all have their place. */
  folded: Set<string> | null;
}

/**
 * Which values of a batch are counted one by one. A value that is new where there is no more room, of its project, day and
 * dimension, is counted as '(other)'. What earlier days know goes first and has room of its own, then the most frequent.
 */
export class Admission {
  private readonly named: Map<string, Named>[];

  constructor(private readonly kind: CountedKind) {
    this.named = kind.dimensions.map(() => new Map<string, Named>());
  }

  /** Every record of the batch, before `settle`. */
  add(row: CountedRow): void {
    for (let i = 0; i < this.named.length; i++) {
      const { counts } = this.at(row, i);
      const value = i === 0 ? '' : (row[FIRST_VALUE + i - 1] as string);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }

  /** Decides, and adds the totals. Gives what was counted as '(other)' for want of room. */
  async settle(transaction: CountTransaction, maxNames: number): Promise<FoldedRecords[]> {
    const totals: Total[] = [];
    const told: FoldedRecords[] = [];
    for (const [i, ofDimension] of this.named.entries()) {
      for (const named of ofDimension.values()) {
        if (this.kind.dimensions[i].capped) named.folded = await withoutRoom(transaction, named, maxNames);
        const { projectId, day, dimension, folded, counts } = named;
        const total = (value: string, n: number): Total => ({ projectId, day, dimension, value, n });
        let other = 0;
        for (const [value, n] of counts) {
          if (folded?.has(value)) other += n;
          else totals.push(total(value, n));
        }
        if (other === 0) continue;
        const known = totals.find((one) => one.projectId === projectId && one.day === day && one.dimension === dimension && one.value === OTHER);
        if (known) known.n += other;
        else totals.push(total(OTHER, other));
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        told.push({ projectId, day: date, dimension, records: other });
      }
    }
    await transaction.addTotals(totals);
    return told;
  }

  /** The value that one of a record is counted under. After `settle`. */
  readonly admitted = (row: CountedRow, dimension: number, value: string): string => {
    if (!this.kind.dimensions[dimension].capped) return value;
    return this.at(row, dimension).folded?.has(value) ? OTHER : value;
  };

  private at([projectId, day]: CountedRow, dimension: number): Named {
    const id = `${projectId} ${day}`;
    let named = this.named[dimension].get(id);
    if (!named) {
      const { name } = this.kind.dimensions[dimension];
      named = { projectId, day, dimension: name, counts: new Map(), folded: null };
      this.named[dimension].set(id, named);
    }
    return named;
  }
}

/** Those of a batch's values that have no place on their day; null where all have one. */
async function withoutRoom(
  transaction: CountTransaction,
  named: Named,
  maxNames: number,
): Promise<Set<string> | null> {
  const values = [...named.counts.keys()].filter((value) => value !== '' && value !== OTHER);
  const known = new Set(await transaction.known(named, values));
  const fresh = values.filter((value) => !known.has(value));
  if (fresh.length === 0) return null;
  const taken = await transaction.taken(named);
  if (taken + fresh.length <= maxNames) return null;
  const remembered = new Set(
    taken < 2 * maxNames ? await transaction.remembered(named, fresh, REMEMBERED_DAYS) : [],
  );
  const count = (value: string): number => named.counts.get(value)!;
  const candidates = fresh
    .filter((value) => remembered.has(value) || taken < maxNames)
    .sort(
      (a, b) =>
        Number(remembered.has(b)) - Number(remembered.has(a)) || count(b) - count(a) || (a < b ? -1 : 1),
    );
  const folded = new Set(fresh);
  candidates.forEach((value, i) => {
    if (taken + i + 1 <= (remembered.has(value) ? 2 * maxNames : maxNames)) folded.delete(value);
  });
  return folded;
}
