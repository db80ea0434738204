import type { Micros } from '../../../core/event.js';

/** PostgreSQL's type ids, as an array names that of its elements (src/include/catalog/pg_type.dat). */
export const OID = {
  int8: 20,
  int4: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
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
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private length = HEADER_BYTES;
  private hasNull = 0;
  private size = 0;

  constructor(private readonly oid: number) {}

  /** One element an item, in order. The result is valid until the next call. */
  encode<Item>(items: readonly Item[], write: (array: this, item: Item) => void): Buffer {
    if (this.buffer.length > KEEP_BYTES) this.buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    this.length = HEADER_BYTES;
    this.hasNull = 0;
    this.size = items.length;
    for (const item of items) write(this, item);
    return this.finish();
  }

  null(): void {
    this.hasNull = 1;
    this.reserve(4);
    this.length = this.buffer.writeInt32BE(-1, this.length);
  }

  text(value: string): void {
    this.utf8(value, 0);
  }

  /** A JSON text. */
  jsonb(value: string): void {
    this.utf8(value, 1);
  }

  int4(value: number): void {
    this.element(4);
    this.length = this.buffer.writeInt32BE(value, this.length);
  }

  int8(value: number): void {
    this.element(8);
    const high = Math.floor(value / TWO_32);
    this.length = this.buffer.writeInt32BE(high, this.length);
    this.length = this.buffer.writeUInt32BE(value - high * TWO_32, this.length);
  }

  float8(value: number): void {
    this.element(8);
    this.length = this.buffer.writeDoubleBE(value, this.length);
  }

  /** 32 hex digits. */
  uuid(hex: string): void {
    this.element(16);
    this.length += this.buffer.write(hex, this.length, 'hex');
  }

  timestamptz(micros: Micros): void {
    this.int8(micros - EPOCH_2000_MICROS);
  }

  private finish(): Buffer {
    this.buffer.writeInt32BE(1, 0); // dimensions
    this.buffer.writeInt32BE(this.hasNull, 4);
    this.buffer.writeInt32BE(this.oid, 8);
    this.buffer.writeInt32BE(this.size, 12);
    this.buffer.writeInt32BE(1, 16); // lower bound
    return this.buffer.subarray(0, this.length);
  }

  private element(bytes: number): void {
    this.reserve(4 + bytes);
    this.length = this.buffer.writeInt32BE(bytes, this.length);
  }

  private utf8(value: string, versionBytes: 0 | 1): void {
    this.reserve(4 + versionBytes + value.length * 3);
    let end = this.length + 4;
    if (versionBytes) end = this.buffer.writeUInt8(JSONB_VERSION, end);
    const written = this.buffer.write(value, end, 'utf8');
    this.buffer.writeInt32BE(written + versionBytes, this.length);
    this.length = end + written;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
