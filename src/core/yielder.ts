import { setImmediate as othersTurn } from 'node:timers/promises';

/** Yields to the event loop each time that enough work was done. */
export class Yielder {
  private done = 0;

  /** @param size work done in one turn, in whatever unit the work is measured */
  constructor(private readonly size: number) {}

  /** To be awaited after each piece of so much work. */
  async after(work: number): Promise<void> {
    this.done += work;
    if (this.done < this.size) return;
    this.done = 0;
    await othersTurn();
  }
}
