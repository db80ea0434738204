import type { Micros } from '../../../core/time.js';
import { BinaryArray, OID, type Column } from './binary-array.js';

export type { Column };

export function text<Item>(of: (item: Item) => string | null): Column<Item> {
  return [OID.text, (array, item) => array.text(of(item))];
}

export function int4<Item>(of: (item: Item) => number | null): Column<Item> {
  return [OID.int4, (array, item) => array.int4(of(item))];
}

export function float8<Item>(of: (item: Item) => number | null): Column<Item> {
  return [OID.float8, (array, item) => array.float8(of(item))];
}

export function timestamptz<Item>(of: (item: Item) => Micros | null): Column<Item> {
  return [OID.timestamptz, (array, item) => array.timestamptz(of(item))];
}

export function jsonb<Item>(of: (item: Item) => string): Column<Item> {
  return [OID.jsonb, (array, item) => array.jsonb(of(item))];
}

export function uuid<Item>(of: (item: Item) => string): Column<Item> {
  return [OID.uuid, (array, item) => array.uuid(of(item))];
}

/** The parameters of one statement: a binary array a column. */
export class ColumnArrays<Item> {
  private readonly arrays: BinaryArray[];

  constructor(private readonly columns: readonly Column<Item>[]) {
    this.arrays = columns.map(([oid]) => new BinaryArray(oid));
  }

  /** Valid until the next call. */
  encode(items: readonly Item[]): Buffer[] {
    return this.arrays.map((array, i) => array.encode(items, this.columns[i][1]));
  }
}

/**
 * The rows of a statement as one parameter, `$1::TYPE[]`: an array of a composite type with these columns, in this order. To
 * unnest an array a column takes 85 µs a statement and 3 µs a row more.
 */
export class RowArray<Item> {
  private readonly array = new BinaryArray(OID.userDefined);

  constructor(private readonly columns: readonly Column<Item>[]) {}

  /** Valid until the next call. */
  encode(items: readonly Item[]): Buffer {
    return this.array.encode(items, (array, item) => array.record(this.columns, item));
  }
}
