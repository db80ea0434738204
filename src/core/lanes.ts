/** Runs so many pieces of work at once; what comes on top waits for its turn, in the order that it came. */
export class Lanes {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The lane is handed on: nobody who comes now gets in before those who wait.
      if (next) next();
      else this.free++;
    }
  }
}
