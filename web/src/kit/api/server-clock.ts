let offsetMs = 0;

/**
 * Notes what an answer tells of the server's clock: its Date header is of a moment between asking and receiving, cut to the
 * second. A clock that agrees within that is left as it is.
 */
export function noteServerClock(date: string | null, askedAtMs: number, answeredAtMs: number): void {
  const secondMs = Date.parse(date ?? '');
  if (Number.isNaN(secondMs)) return;
  offsetMs = Math.min(Math.max(offsetMs, secondMs - answeredAtMs), secondMs + 1_000 - askedAtMs);
}

/**
 * The server's now. Ranges end there: where this machine's clock is slow, the newest events would be in no list, and the
 * axes would end before the bars do.
 */
export const serverNowMs = (): number => Date.now() + offsetMs;
