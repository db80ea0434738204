/** Of 255 kB each these are 1 MB, which is what the database reads and sends of a first page. */
const FIRST_ROWS = 4;
/** Of one page to the next: a run of small rows must not lead to a page of thousands of large ones. */
const MOST_GROWTH = 4;

/** How many rows to ask for next, so that a page is about so many bytes, whatever the rows are like. */
export class PageRows {
  private next: number;

  constructor(
    private readonly maxRows: number,
    private readonly aimBytes: number,
    firstRows = FIRST_ROWS,
  ) {
    this.next = Math.min(firstRows, maxRows);
  }

  get rows(): number {
    return this.next;
  }

  /** Of a page that was read. */
  saw(rows: number, bytes: number): void {
    if (rows === 0) return;
    const fitting = Math.floor(this.aimBytes / (bytes / rows));
    this.next = Math.max(1, Math.min(fitting, this.next * MOST_GROWTH, this.maxRows));
  }
}
