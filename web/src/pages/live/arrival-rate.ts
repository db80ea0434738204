/** How many came a second, over the last seconds; a slot for each second, so that memory is the same at any rate. */
export class ArrivalRate {
  private readonly counts: number[];
  private readonly startedMs: number;
  private second: number;

  constructor(
    nowMs: number,
    private readonly windowSeconds = 10,
  ) {
    this.counts = Array.from({ length: windowSeconds }, () => 0);
    this.startedMs = nowMs;
    this.second = Math.floor(nowMs / 1000);
  }

  add(count: number, nowMs: number): void {
    this.advance(nowMs);
    this.counts[this.second % this.windowSeconds] += count;
  }

  /** Events a second, over the window or since the start if that is shorter (at least a second). */
  perSecond(nowMs: number): number {
    this.advance(nowMs);
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const seconds = Math.min(this.windowSeconds, Math.max(1, (nowMs - this.startedMs) / 1000));
    return total / seconds;
  }

  private advance(nowMs: number): void {
    const now = Math.floor(nowMs / 1000);
    const passed = Math.min(now - this.second, this.windowSeconds);
    for (let i = 1; i <= passed; i += 1) this.counts[(this.second + i) % this.windowSeconds] = 0;
    if (passed <= 0) return;
    // After a long gap every slot is empty: where the ring goes on does not matter.
    this.second = now;
  }
}
