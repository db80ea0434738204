/** The tables of records. */
export type RowTable = 'events' | 'access_logs';

/** A table of records, and what of a row is read. */
export interface RecordTable {
  name: RowTable;
  /** As after `select`. */
  columns: string;
  /** So many rows can be read from anywhere and sorted in 10 to 20 ms. */
  few: number;
}

/** The values of one statement, bound by number. */
export class Values {
  readonly list: unknown[] = [];

  /** The placeholder of a value. */
  bind(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** A piece of SQL that binds its values where it is used. */
export type Condition = (values: Values) => string;

/** `where` of all conditions, their values bound in this order. */
export function where(conditions: readonly Condition[], values: Values): string {
  return `where ${conditions.map((condition) => condition(values)).join(' and ')}`;
}
