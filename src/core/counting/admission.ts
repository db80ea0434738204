import { DAY_MS, dayText } from '../time.js';
import type { CountTransaction, NamesOfDay } from './count-store.js';
import type { CountedRecords } from './counted-records.js';
import { OTHER, type CountedKind } from './kind.js';

/** A name counted by itself within this many days before keeps its place on a day that is full. */
const REMEMBERED_DAYS = 7;

/** Records that were counted as '(other)', as their day had no more room for their names. */
export interface FoldedRecords {
  projectId: number;
  /** `YYYY-MM-DD` of receipt. */
  day: string;
  dimension: string;
  records: number;
}

/** Values of one dimension and day. */
interface Named extends NamesOfDay {
  /** How many of the batch's records have each. */
  counts: Map<string, number>;
  /** Values that are counted as '(other)'; null while all have their place. */
  folded: Set<string> | null;
}

/**
 * Decides which values of a batch are counted by themselves. A new value for which its project, day and dimension have no room
 * left is counted as '(other)'. Values known from earlier days come first and have room of their own, then the most frequent.
 */
export class Admission {
  /** By project and day, in the order of the dimensions. */
  private readonly days = new Map<string, Named[]>();
  private latest: Named[] = [];

  constructor(private readonly kind: CountedKind) {}

  /** Every record of the batch, before `settle`. */
  add(records: CountedRecords, i: number): void {
    const dimensions = this.dayOf(records, i);
    for (let d = 0; d < dimensions.length; d++) {
      const value = records.value(i, d);
      const { counts } = dimensions[d];
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }

  /** Decides, and adds to the totals. Gives what was counted as '(other)' for lack of room. */
  async settle(transaction: CountTransaction, maxNames: number): Promise<FoldedRecords[]> {
    const told: FoldedRecords[] = [];
    const totals = [];
    for (const dimensions of this.days.values()) {
      for (const [i, named] of dimensions.entries()) {
        if (this.kind.dimensions[i].capped) named.folded = await withoutRoom(transaction, named, maxNames);
        const { projectId, day, dimension, folded, counts } = named;
        let other = 0;
        for (const value of folded ?? []) {
          other += counts.get(value)!;
          counts.delete(value);
        }
        if (other > 0) {
          counts.set(OTHER, (counts.get(OTHER) ?? 0) + other);
          told.push({ projectId, day: dayText(day * DAY_MS), dimension, records: other });
        }
        for (const [value, n] of counts) totals.push({ projectId, day, dimension, value, n });
      }
    }
    await transaction.addTotals(totals);
    return told;
  }

  /** The value that one of a record is counted under. After `settle`. */
  readonly admitted = (records: CountedRecords, i: number, dimension: number): string => {
    const value = records.value(i, dimension);
    return this.dayOf(records, i)[dimension].folded?.has(value) ? OTHER : value;
  };

  // Records of one project and day are mostly adjacent.
  private dayOf({ projects, days }: CountedRecords, i: number): Named[] {
    const [projectId, day] = [projects[i], days[i]];
    const [latest] = this.latest;
    if (latest && latest.projectId === projectId && latest.day === day) return this.latest;
    const id = `${projectId} ${day}`;
    let named = this.days.get(id);
    if (!named) {
      named = this.kind.dimensions.map(({ name: dimension }) => ({
        projectId,
        day,
        dimension,
        counts: new Map(),
        folded: null,
      }));
      this.days.set(id, named);
    }
    return (this.latest = named);
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
