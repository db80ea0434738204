/** Things that one piece of work at a time uses: as many are made as there was work at once. */
export class Idle<Thing> {
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
