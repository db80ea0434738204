import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
/** A condition may start a process or connect to a database: what is waited for long is asked for less often. */
const MOST_POLL_MS = 50;
/** Only what hangs takes so long, however busy the machine is. */
const PATIENCE_MS = 60_000;
/**
 * For what the contract promises within a second or two: ten times that, for a machine that is busy. What takes longer has
 * been missed, and was found by a timer of half a minute or more.
 */
export const SOON_MS = 20_000;

/** Waits until a condition holds. @throws when it does not within `withinMs`, a minute unless something takes longer by its nature */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const begunMs = performance.now();
  while (!(await condition())) {
    const waitedMs = performance.now() - begunMs;
    if (waitedMs > withinMs) throw new Error(`still not: ${condition.toString()}`);
    await delay(Math.min(Math.max(POLL_MS, waitedMs / 10), MOST_POLL_MS));
  }
}
