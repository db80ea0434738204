import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const PATIENCE_MS = 10_000;

/** Waits until a condition holds. @throws when it does not within `withinMs`, 10 s unless something takes longer by its nature */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`still not: ${condition.toString()}`);
    await delay(POLL_MS);
  }
}
