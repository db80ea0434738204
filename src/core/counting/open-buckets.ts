import type { Micros } from '../event.js';
import type { Tier } from '../time-cover.js';

const MINUTE = 60_000_000;

/** Told of a bucket that has ended, with what is in the wider one that it is part of; undefined for the widest. */
export type Ended<Thing> = (tier: Tier, bucket: Micros, thing: Thing, wider: Thing | undefined) => void;

/** One bucket of each tier, those that a time is in, of times that never go back. Things are used again for the next bucket. */
export class OpenBuckets<Thing> {
  private readonly things: Thing[];
  private readonly widths: Micros[];
  private readonly starts: Micros[];
  /** Of the narrowest. */
  private endsAt = -Infinity;
  private isOpen = false;

  constructor(
    private readonly tiers: readonly Tier[],
    make: () => Thing,
    private readonly ended: Ended<Thing>,
  ) {
    this.things = tiers.map(make);
    this.widths = tiers.map((tier) => tier * MINUTE);
    this.starts = tiers.map(() => 0);
  }

  /** What is in the buckets of a time, by tier. Ends those that it is not in. */
  at(time: Micros): readonly Thing[] {
    if (time < this.endsAt) return this.things;
    for (let i = 0; i < this.things.length; i++) {
      const start = Math.floor(time / this.widths[i]) * this.widths[i];
      // narrow ones are within the wider ones: first these, and then what they were added to
      if (this.isOpen && start !== this.starts[i]) this.endOne(i);
      this.starts[i] = start;
    }
    this.endsAt = this.starts[0] + this.widths[0];
    this.isOpen = true;
    return this.things;
  }

  /** Ends all; times may begin anew. */
  end(): void {
    if (this.isOpen) for (let i = 0; i < this.things.length; i++) this.endOne(i);
    this.isOpen = false;
    this.endsAt = -Infinity;
  }

  private endOne(i: number): void {
    this.ended(this.tiers[i], this.starts[i], this.things[i], this.things[i + 1]);
  }
}
