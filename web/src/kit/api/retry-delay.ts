const FIRST_MS = 1_000;
const MOST_MS = 30_000;

/** How long to wait before a retry: what the server said, otherwise 1 s, 2 s, 4 s … 30 s. */
export function retryDelayMs(failuresBefore: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(FIRST_MS * 2 ** failuresBefore, MOST_MS);
}
