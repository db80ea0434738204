const LONGEST_MS = 60_000;

/**
 * Does something with a key that expires soon, while it does not: on a machine that is slow it is tried again with more time.
 * @param attempt gives null where it came too late.
 */
export async function beforeItExpires<T>(
  attempt: (expiresAt: string) => Promise<T | null>,
): Promise<{ expiresAtMs: number; result: T }> {
  for (let lastsMs = 200; lastsMs < LONGEST_MS; lastsMs *= 2) {
    const expiresAtMs = Date.now() + lastsMs;
    const result = await attempt(new Date(expiresAtMs).toISOString());
    if (result !== null) return { expiresAtMs, result };
  }
  throw new Error('it does not come about before the key has expired');
}
