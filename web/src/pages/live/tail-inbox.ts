/** What came on a tail since it was last looked into. */
export interface Arrivals {
  /** Oldest first; at most as many as the page shows. */
  texts: readonly string[];
  /** Came before those and would have left the page at once. */
  skipped: number;
}

/** Gathers what comes between two drawings of the page, in bounded memory at any rate and however long none is drawn. */
export class TailInbox {
  private texts: string[] = [];
  private skipped = 0;

  constructor(private readonly most: number) {}

  take(text: string): void {
    this.texts.push(text);
    // Only now and then: moving the rest up costs as much as its length.
    if (this.texts.length >= 2 * this.most) this.cut();
  }

  /** What there is; the inbox is then empty. */
  empty(): Arrivals {
    this.cut();
    const arrivals = { texts: this.texts, skipped: this.skipped };
    this.texts = [];
    this.skipped = 0;
    return arrivals;
  }

  private cut(): void {
    const over = Math.max(0, this.texts.length - this.most);
    this.texts.splice(0, over);
    this.skipped += over;
  }
}
