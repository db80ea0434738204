import { Clock } from '../../src/core/ports/clock.js';

/** A clock that stands still until a test moves it. */
export class TestClock extends Clock {
  constructor(private ms = Date.now()) {
    super();
  }

  nowMs(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
