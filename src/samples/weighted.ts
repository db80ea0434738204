import type { Random } from './random.js';

/** A choice among items of different weights. */
export class Weighted<T> {
  private readonly reach: number[] = [];
  private total = 0;

  constructor(
    private readonly items: readonly T[],
    weights: readonly number[],
  ) {
    for (const weight of weights) this.reach.push((this.total += weight));
  }

  pick(random: Random): T {
    const point = random.unit() * this.total;
    return this.items[this.reach.findIndex((end) => point < end)];
  }
}

/** The first item most often, the n-th n^1.1 times more seldom, as names are used (Zipf). */
export function zipf<T>(items: readonly T[]): Weighted<T> {
  return new Weighted(
    items,
    items.map((_, rank) => (rank + 1) ** -1.1),
  );
}
