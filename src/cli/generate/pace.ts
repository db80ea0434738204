/** What is still to make, and when. */
export interface PaceOptions {
  /** Events a second; 0 for as fast as they are taken. */
  rps: number;
  /** Most events that are taken at once. */
  batch: number;
  /** Events in all; Infinity for no end. */
  count: number;
  startMs: number;
  endMs: number;
}

/** Take `take` events now, ask again in `waitMs`, or stop: none are left. */
export type Allowance = { take: number } | { waitMs: number } | 'done';

const FULL_BATCH_MS = 1000;
/** How far a run may fall behind and still catch up; the rest of a longer pause is skipped, not sent in one burst. */
const MOST_BEHIND_MS = 5000;

/** When how many events are due. Nothing is made ahead, so a slow server makes a run slower, not larger. */
export class Pace {
  private readonly batch: number;
  private dueMs: number;
  private left: number;

  constructor(private readonly options: PaceOptions) {
    const { rps, batch, count, startMs } = options;
    // A batch that would take longer than a second to fill goes out as it is.
    this.batch = rps === 0 ? batch : Math.max(1, Math.min(batch, Math.round((rps * FULL_BATCH_MS) / 1000)));
    this.dueMs = startMs;
    this.left = count;
  }

  next(nowMs: number): Allowance {
    const { rps, endMs } = this.options;
    const take = Math.min(this.batch, this.left);
    if (take === 0 || nowMs >= endMs) return 'done';
    if (rps > 0) {
      if (this.dueMs > nowMs) return { waitMs: Math.min(this.dueMs, endMs) - nowMs };
      this.dueMs = Math.max(this.dueMs, nowMs - MOST_BEHIND_MS) + (take * 1000) / rps;
    }
    this.left -= take;
    return { take };
  }
}
