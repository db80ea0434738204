import { setTimeout as delay } from 'node:timers/promises';
import { AccessStoreHealth } from '../core/ports/store-health.js';

const PATIENCE_MS = 2_000;
/** Probes come from many sides; the database is asked at most once a second. */
const KEEP_MS = 1_000;

/** The health of a store that is asked whether it could take an append: never rejects, answers within about two seconds. */
export abstract class ProbedHealth extends AccessStoreHealth {
  private asked: { atMs: number; answer: Promise<boolean> } | undefined;

  isUp(): Promise<boolean> {
    const now = performance.now();
    if (!this.asked || now - this.asked.atMs > KEEP_MS) this.asked = { atMs: now, answer: this.patiently() };
    return this.asked.answer;
  }

  /** Asks on a connection that no query and no append can take. */
  protected abstract mayAppend(): Promise<boolean>;

  private async patiently(): Promise<boolean> {
    const stop = new AbortController();
    const tooLong = delay(PATIENCE_MS, false, { signal: stop.signal, ref: false }).catch(() => false);
    const answer = this.mayAppend().catch(() => false);
    const up = await Promise.race([answer, tooLong]);
    stop.abort();
    return up;
  }
}
