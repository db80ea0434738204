import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 2_000;
/** Probes come from many sides; the database is asked at most once a second. */
const KEEP_MS = 1_000;

/** Asks a database whether it could take an append: never rejects, answers within about two seconds. */
export class Probe {
  private asked: { atMs: number; answer: Promise<boolean> } | undefined;

  /** @param ask on a connection that no query and no append can take. */
  constructor(private readonly ask: () => Promise<boolean>) {}

  isUp(): Promise<boolean> {
    const now = performance.now();
    if (!this.asked || now - this.asked.atMs > KEEP_MS) this.asked = { atMs: now, answer: this.patiently() };
    return this.asked.answer;
  }

  private async patiently(): Promise<boolean> {
    const stop = new AbortController();
    const tooLong = delay(PATIENCE_MS, false, { signal: stop.signal, ref: false }).catch(() => false);
    const answer = this.ask().catch(() => false);
    const up = await Promise.race([answer, tooLong]);
    stop.abort();
    return up;
  }
}
