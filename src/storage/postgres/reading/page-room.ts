import type { FirstRows } from '../sql.js';

/** A page that is being filled, stretch by stretch of its order. */
export class PageRoom<Row> implements FirstRows<Row> {
  readonly rows: Row[] = [];
  jsonBytes = 0;
  isCut = false;

  constructor(
    /** Rows still to be skipped. */
    public skip: number,
    private readonly most: number,
    /** Of JSON, about; each stretch gives one row at least. */
    private readonly mostBytes = Infinity,
  ) {}

  /** Rows that there is room for. */
  get limit(): number {
    return this.most - this.rows.length;
  }

  get maxBytes(): number {
    return this.mostBytes - this.jsonBytes;
  }

  get isFull(): boolean {
    return this.isCut || this.limit === 0;
  }

  /** Rows of the next stretch, after those of it that were to be skipped. */
  add({ rows, jsonBytes, isCut }: FirstRows<Row>): void {
    this.rows.push(...rows);
    this.jsonBytes += jsonBytes;
    this.isCut = isCut;
    if (rows.length > 0) this.skip = 0;
  }

  /** A stretch that was skipped from end to end had so many rows. */
  skipped(rows: number): void {
    this.skip = Math.max(0, this.skip - rows);
  }
}
