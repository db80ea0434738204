/**
 * How many things a project has seen: what this process's receipts say at once, together with what the store counted, as
 * it was at the last look. An answer of the store may get lost after its commit: then `own` of a look is ahead of the
 * receipts, and what was missed is known as soon as a look has been quiet.
 */
export class Tally {
  private receipts = 0;
  private missed = 0;
  private own = 0;
  private others = 0;

  get total(): number {
    return this.others + Math.max(this.receipts + this.missed, this.own);
  }

  received(): void {
    this.receipts++;
  }

  /** @param quiet no append was on its way while the store was asked: `own` is all that there is, and no receipt for any of it is to come. */
  looked(own: number, others: number, quiet: boolean): void {
    this.own = own;
    this.others = others;
    if (quiet) this.missed = own - this.receipts;
  }

  /** Changes when something was counted of which this process has no receipt. */
  get elsewhere(): string {
    return `${this.others} ${this.missed}`;
  }
}
