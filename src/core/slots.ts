import { SightlineError } from './errors.js';

/** How many of a long-lived kind of request a process holds at once. One project holds at most half: another still gets its own. */
export class Slots {
  private taken = 0;
  private readonly takenBy = new Map<number, number>();
  private readonly maxOfOne: number;

  constructor(
    private readonly max: number,
    /** What they are called, such as `exports`, and the setting that bounds them: said to whoever finds none. */
    private readonly kind: { name: string; setting: string },
  ) {
    this.maxOfOne = Math.ceil(max / 2);
  }

  get used(): number {
    return this.taken;
  }

  /** Gives what releases it; releasing twice does nothing. @throws SightlineError `overloaded` at once where none is free. */
  take(projectId: number): () => void {
    const own = this.takenBy.get(projectId) ?? 0;
    if (own >= this.maxOfOne)
      throw this.refusal(`This project has as many ${this.kind.name} as one may have`);
    if (this.taken >= this.max)
      throw this.refusal(`This server has as many ${this.kind.name} as it may have`);
    this.add(projectId, 1);
    let held = true;
    return () => {
      if (held) this.add(projectId, -1);
      held = false;
    };
  }

  private add(projectId: number, change: 1 | -1): void {
    this.taken += change;
    const own = (this.takenBy.get(projectId) ?? 0) + change;
    if (own === 0) this.takenBy.delete(projectId);
    else this.takenBy.set(projectId, own);
  }

  private refusal(reason: string): SightlineError {
    return new SightlineError('overloaded', `${reason} (${this.kind.setting}). Try again later.`, {
      retryAfterS: 5,
    });
  }
}
