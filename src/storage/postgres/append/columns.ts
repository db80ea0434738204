import type { Micros } from '../../../core/event.js';
import { BinaryArray, OID } from './binary-array.js';

/** What a column holds and how an item's value is written. */
export type Column<Item> = readonly [oid: number, write: (array: BinaryArray, item: Item) => void];

function nullable<Item, T>(
  oid: number,
  of: (item: Item) => T | null,
  write: (array: BinaryArray, value: T) => void,
): Column<Item> {
  return [
    oid,
    (array, item) => {
      const value = of(item);
      if (value === null) array.null();
      else write(array, value);
    },
  ];
}

export function text<Item>(of: (item: Item) => string | null): Column<Item> {
  return nullable(OID.text, of, (array, value) => array.text(value));
}

export function int4<Item>(of: (item: Item) => number | null): Column<Item> {
  return nullable(OID.int4, of, (array, value) => array.int4(value));
}

export function float8<Item>(of: (item: Item) => number | null): Column<Item> {
  return nullable(OID.float8, of, (array, value) => array.float8(value));
}

export function timestamptz<Item>(of: (item: Item) => Micros | null): Column<Item> {
  return nullable(OID.timestamptz, of, (array, value) => array.timestamptz(value));
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
