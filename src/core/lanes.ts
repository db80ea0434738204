/**
 * Runs so many pieces of work at once; what comes on top waits for its turn. With owners (projects), one has at most
 * `maxOfOne` lanes at a time, those that wait take turns, and each one's work runs in the order that it came.
 */
export class Lanes {
  /** In the order of their turns. */
  private readonly waiting = new Map<number, (() => void)[]>();
  private readonly running = new Map<number, number>();

  constructor(
    private free: number,
    private readonly maxOfOne = free,
  ) {}

  async run<Result>(work: () => Promise<Result>, owner = 0): Promise<Result> {
    if (this.free > 0 && this.mayRun(owner) && !this.waiting.has(owner)) this.start(owner);
    else await new Promise<void>((go) => this.queue(owner, go));
    try {
      return await work();
    } finally {
      this.end(owner);
    }
  }

  private mayRun(owner: number): boolean {
    return (this.running.get(owner) ?? 0) < this.maxOfOne;
  }

  private queue(owner: number, go: () => void): void {
    const queue = this.waiting.get(owner);
    if (queue) queue.push(go);
    else this.waiting.set(owner, [go]);
  }

  private start(owner: number): void {
    this.free--;
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
  }

  private end(owner: number): void {
    const left = this.running.get(owner)! - 1;
    if (left > 0) this.running.set(owner, left);
    else this.running.delete(owner);
    this.free++;
    for (const [next, queue] of this.waiting) {
      if (!this.mayRun(next)) continue;
      // The lane is handed on: nobody who comes now gets in before those who wait.
      this.start(next);
      const go = queue.shift()!;
      this.waiting.delete(next);
      if (queue.length > 0) this.waiting.set(next, queue);
      go();
      return;
    }
  }
}
