/** A pool of reusable objects: it grows to the number that were ever in use at once. */
export class ObjectPool<Thing> {
  private readonly things: Thing[] = [];

  constructor(private readonly make: () => Thing) {}

  async use<Result>(work: (thing: Thing) => Promise<Result>): Promise<Result> {
    const thing = this.things.pop() ?? this.make();
    try {
      return await work(thing);
    } finally {
      this.things.push(thing);
    }
  }
}
