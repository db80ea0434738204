import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const PATIENCE_MS = 10_000;

/** Waits until a condition holds. @throws after `patienceMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`still not: ${condition.toString()}`);
    await delay(POLL_MS);
  }
}
