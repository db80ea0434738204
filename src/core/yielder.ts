import { setImmediate as othersTurn } from 'node:timers/promises';

/** Work in pieces of a known size: others have the event loop each time that enough was done. */
export class Yielder {
  private done = 0;

  /** @param size what is done in one turn, in whatever the work is measured */
  constructor(private readonly size: number) {}

  /** After so much was done. */
  async after(work: number): Promise<void> {
    this.done += work;
    if (this.done < this.size) return;
    this.done = 0;
    await othersTurn();
  }
}
