import type { Micros } from '../../../core/time.js';

/** What a column holds and how an item's value is written. */
export type Column<Item> = readonly [oid: number, write: (array: BinaryArray, item: Item) => void];

/** PostgreSQL's type ids, as an array names that of its elements (src/include/catalog/pg_type.dat). */
export const OID = {
  int4: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
  /** Any, as each database gives its own ids: those of users' types are not compared (array_recv, from PostgreSQL 14 on). */
  userDefined: 16_384,
};

const HEADER_BYTES = 20;
const INITIAL_BYTES = 4096;
/** A buffer that one large flush made larger than this is not kept for the next. */
const KEEP_BYTES = 1024 * 1024;
const EPOCH_2000_MICROS = 946_684_800_000_000;
const JSONB_VERSION = 1;
const TWO_32 = 2 ** 32;

/**
 * Writes a one-dimensional array in PostgreSQL's binary format (array_send in src/backend/utils/adt/arrayfuncs.c).
 * pg sends a Buffer as a binary parameter: nothing is quoted, and the server parses no text. May be used again and again,
 * each time until the statement that it was written for has ended.
 */
export class BinaryArray {
  private bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  private view = viewOf(this.bytes);
  private length = HEADER_BYTES;
  private hasNull = 0;

  constructor(private readonly oid: number) {}

  /** One element an item, in order. The result is valid until the next call. */
  encode<Item>(items: readonly Item[], write: (array: this, item: Item) => void): Buffer {
    if (this.bytes.length > KEEP_BYTES) this.allocate(INITIAL_BYTES);
    this.length = HEADER_BYTES;
    this.hasNull = 0;
    for (const item of items) write(this, item);
    return this.finish(items.length);
  }

  text(value: string | null): void {
    if (value === null) this.null();
    else this.utf8(value, 0);
  }

  /** A JSON text. */
  jsonb(value: string): void {
    this.utf8(value, 1);
  }

  int4(value: number | null): void {
    if (value === null) return this.null();
    const at = this.element(4);
    this.view.setInt32(at, value);
  }

  float8(value: number | null): void {
    if (value === null) return this.null();
    const at = this.element(8);
    this.view.setFloat64(at, value);
  }

  /** An element of a composite type (record_send in src/backend/utils/adt/rowtypes.c): a value for each of its columns. */
  record<Item>(columns: readonly Column<Item>[], item: Item): void {
    const at = this.element(4);
    this.view.setInt32(at, columns.length);
    for (const [oid, write] of columns) {
      this.reserve(4);
      this.view.setUint32(this.length, oid);
      this.length += 4;
      write(this, item);
    }
    this.view.setInt32(at - 4, this.length - at);
  }

  /** 32 hex digits. */
  uuid(hex: string): void {
    const at = this.element(16);
    this.bytes.write(hex, at, 'hex');
  }

  timestamptz(value: Micros | null): void {
    if (value === null) return this.null();
    const micros = value - EPOCH_2000_MICROS;
    const high = Math.floor(micros / TWO_32);
    const at = this.element(8);
    this.view.setInt32(at, high);
    this.view.setUint32(at + 4, micros - high * TWO_32);
  }

  private finish(size: number): Buffer {
    const { view } = this;
    view.setInt32(0, 1); // dimensions
    view.setInt32(4, this.hasNull);
    view.setUint32(8, this.oid);
    view.setInt32(12, size);
    view.setInt32(16, 1); // lower bound
    return this.bytes.subarray(0, this.length);
  }

  private null(): void {
    this.hasNull = 1;
    this.reserve(4);
    this.view.setInt32(this.length, -1);
    this.length += 4;
  }

  /** Makes room for an element of so many bytes, and gives where they go: in what may be a new buffer. */
  private element(bytes: number): number {
    this.reserve(4 + bytes);
    this.view.setInt32(this.length, bytes);
    const at = this.length + 4;
    this.length = at + bytes;
    return at;
  }

  private utf8(value: string, versionBytes: 0 | 1): void {
    this.reserve(4 + versionBytes + value.length * 3);
    const at = this.length + 4;
    if (versionBytes) this.bytes[at] = JSONB_VERSION;
    const written = versionBytes + this.bytes.write(value, at + versionBytes);
    this.view.setInt32(this.length, written);
    this.length = at + written;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const before = this.bytes;
    this.allocate(Math.max(before.length * 2, this.length + bytes));
    before.copy(this.bytes, 0, 0, this.length);
  }

  private allocate(bytes: number): void {
    this.bytes = Buffer.allocUnsafe(bytes);
    this.view = viewOf(this.bytes);
  }
}

// It writes numbers in a third of the time that Buffer's methods take.
function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
