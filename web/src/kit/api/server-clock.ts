let offsetMs = 0;

/**
 * Adjusts to the server's clock by an answer's Date header: it names a moment between request and response, truncated to the
 * second. An offset that agrees with it is kept.
 */
export function noteServerClock(date: string | null, askedAtMs: number, answeredAtMs: number): void {
  const secondMs = Date.parse(date ?? '');
  if (Number.isNaN(secondMs)) return;
  offsetMs = Math.min(Math.max(offsetMs, secondMs - answeredAtMs), secondMs + 1_000 - askedAtMs);
}

/**
 * The server's current time. Ranges end there: by a slow local clock the newest events would be in no list, and the axes would
 * end before the bars.
 */
export const serverNowMs = (): number => Date.now() + offsetMs;
