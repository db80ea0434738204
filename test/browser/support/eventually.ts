import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;
/** Only what hangs takes so long, however busy the machine is. */
const PATIENCE_MS = 60_000;

/** Repeats what a test expects until it holds. @throws what still failed after a minute */
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
