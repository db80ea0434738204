import { SightlineError } from './errors.js';

/** How many of a long-lived kind of request a process holds at once. */
export class Slots {
  private taken = 0;

  constructor(
    private readonly max: number,
    /** Said to whoever finds none. */
    private readonly refusal: string,
  ) {}

  get used(): number {
    return this.taken;
  }

  /** Gives what releases it; releasing twice does nothing. @throws SightlineError `overloaded` at once where none is free. */
  take(): () => void {
    if (this.taken >= this.max) throw new SightlineError('overloaded', this.refusal, { retryAfterS: 5 });
    this.taken++;
    let held = true;
    return () => {
      if (held) this.taken--;
      held = false;
    };
  }
}
