import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;
const PATIENCE_MS = 20_000;

/** Repeats what a test expects until it holds. @throws what still failed after 20 s */
export async function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
    }
    await delay(POLL_MS);
  }
}
