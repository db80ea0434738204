import { AddressSet } from '../../core/addresses/address-set.js';
import { AddressSketch } from '../../core/addresses/address-sketch.js';
import type { AddressStore } from '../../core/ports/access-store.js';

/** What a process remembers of the addresses of one project. Addresses are canonical. */
export interface ProjectIps {
  readonly tally: Tally;
  /** How many there are. */
  readonly count: number;
  /** In memory. */
  readonly bytes: number;
  needsUpsert(ip: string): boolean;
  /** The store has it, with this day (days since the epoch) as the last on which it was seen. */
  markSeen(ip: string, day: number): void;
  /** After a look at the store's counts: takes over what it needs of what others upserted. */
  catchUp(): Promise<void>;
}

/** UNIQUE_IPS=exact: the addresses that were seen today. */
export class ExactIps implements ProjectIps {
  readonly tally = new Tally();
  private day = 0;
  private set = new AddressSet();

  /** @param today in days since the epoch */
  constructor(private readonly today: () => number) {}

  get count(): number {
    return this.tally.total;
  }

  get bytes(): number {
    return this.current().bytes;
  }

  needsUpsert(ip: string): boolean {
    return !this.current().has(ip);
  }

  markSeen(ip: string, day: number): void {
    const set = this.current();
    // a receipt may come after midnight
    if (day === this.day) set.add(ip);
  }

  catchUp(): Promise<void> {
    // a project without new entries drops yesterday's set too
    this.current();
    return Promise.resolve();
  }

  private current(): AddressSet {
    const day = this.today();
    if (day !== this.day) [this.day, this.set] = [day, new AddressSet()];
    return this.set;
  }
}

/** UNIQUE_IPS=approximate: what is upserted is the register that an address raises. */
export class ApproximateIps implements ProjectIps {
  readonly tally = new Tally();
  private readonly sketch = new AddressSketch();
  private caughtUp = this.tally.elsewhere;

  constructor(
    private readonly projectId: number,
    private readonly store: AddressStore,
  ) {}

  get count(): number {
    return this.sketch.estimate();
  }

  get bytes(): number {
    return this.sketch.bytes;
  }

  needsUpsert(ip: string): boolean {
    return this.sketch.isNew(ip);
  }

  markSeen(ip: string): void {
    this.sketch.add(ip);
  }

  async catchUp(): Promise<void> {
    const { elsewhere } = this.tally;
    if (elsewhere === this.caughtUp) return;
    this.sketch.merge(await this.store.registers(this.projectId));
    this.caughtUp = elsewhere;
  }
}

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
