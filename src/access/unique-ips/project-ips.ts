import type { AddressStore } from '../../core/access-store.js';
import { AddressSet } from '../../core/address-set.js';
import { AddressSketch } from '../../core/address-sketch.js';
import { Tally } from './tally.js';

/** What a process knows of the addresses of one project. Addresses are canonical, days since the epoch. */
export interface ProjectIps {
  readonly tally: Tally;
  /** How many there are. */
  readonly count: number;
  /** In memory. */
  readonly bytes: number;
  mustNote(ip: string, day: number): boolean;
  /** The store has it. */
  noted(ip: string, day: number): void;
  /** After a look at the store's counts: takes over what it needs of what others noted. */
  catchUp(): Promise<void>;
  /** Lets go of what was last noted before `day`, in small steps. */
  forgetBefore(day: number): Iterable<void>;
}

/** UNIQUE_IPS=exact: every address is known, with the day on which it was last noted. */
export class ExactIps implements ProjectIps {
  readonly tally = new Tally();
  private readonly set = new AddressSet();

  get count(): number {
    return this.tally.total;
  }

  get bytes(): number {
    return this.set.bytes;
  }

  mustNote(ip: string, day: number): boolean {
    return !this.set.noted(ip, day);
  }

  noted(ip: string, day: number): void {
    this.set.note(ip, day);
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  forgetBefore(day: number): Iterable<void> {
    return this.set.forgetBefore(day);
  }
}

/** UNIQUE_IPS=approximate: what is noted is the register that an address raises. */
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

  mustNote(ip: string): boolean {
    return this.sketch.isNew(ip);
  }

  noted(ip: string): void {
    this.sketch.note(ip);
  }

  async catchUp(): Promise<void> {
    const { elsewhere } = this.tally;
    if (elsewhere === this.caughtUp) return;
    this.sketch.merge(await this.store.registers(this.projectId));
    this.caughtUp = elsewhere;
  }

  forgetBefore(): Iterable<void> {
    return [];
  }
}
