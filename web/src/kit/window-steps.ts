import { brushedWindow } from './window.js';

/** Ways from one window of time to the next: what a finger, which draws no brush, can press. */
export type WindowStep = 'earlier' | 'later' | 'in' | 'out';

const MINUTE_MS = 60_000;
/** Five points of the finest interval. */
const SHORTEST_MS = 5 * MINUTE_MS;
/** 1,830 points of the coarsest interval; the server answers at most 2,000. */
const LONGEST_MS = 1_830 * 86_400_000;

/**
 * Half a window earlier or later, or a window of half or twice the length about the same middle; never past now.
 * null where that leads nowhere: to the future, or to a length that no chart shows.
 */
export function steppedWindow(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  step: WindowStep,
  nowMs: number,
): { from: string; to: string } | null {
  const length = toMs - fromMs;
  const newest = Math.max(toMs, nowMs);
  if (step === 'earlier') return brushedWindow(fromMs - length / 2, toMs - length / 2);
  if (step === 'later') {
    const shift = Math.min(length / 2, newest - toMs);
    return shift < MINUTE_MS ? null : brushedWindow(fromMs + shift, toMs + shift);
  }
  const wanted = step === 'in' ? Math.max(length / 2, SHORTEST_MS) : Math.min(length * 2, LONGEST_MS);
  if (step === 'in' ? wanted >= length : wanted <= length) return null;
  const end = Math.min((fromMs + toMs + wanted) / 2, newest);
  return brushedWindow(end - wanted, end);
}
