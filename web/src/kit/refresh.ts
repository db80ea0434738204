import { effect, signal } from '@preact/signals';
import { stored, store } from './stored.js';

export const REFRESH_CHOICES = [0, 5, 10, 30, 60, 300] as const;
const DEFAULT_S = 30;

/** Counts up with each refresh: what is shown of the server asks again. */
export const refreshes = signal(0);
/** Seconds between refreshes; 0: only when asked. */
export const refreshEveryS = signal(initial());
/** When the last one was asked for. */
let refreshedAtMs = Date.now();

function initial(): number {
  const chosen = Number(stored('refresh') ?? DEFAULT_S);
  return REFRESH_CHOICES.some((choice) => choice === chosen) ? chosen : DEFAULT_S;
}

export function refreshNow(): void {
  refreshedAtMs = Date.now();
  refreshes.value++;
}

/** Keeps the pages fresh while they are looked at; a page that comes back into view catches up. */
export function startRefreshing(): void {
  effect(() => {
    const everyMs = refreshEveryS.value * 1000;
    store('refresh', String(refreshEveryS.value));
    if (everyMs === 0) return;
    const catchUp = () => {
      if (document.visibilityState === 'visible' && Date.now() - refreshedAtMs >= everyMs) refreshNow();
    };
    const timer = setInterval(catchUp, Math.min(everyMs, 1000));
    document.addEventListener('visibilitychange', catchUp);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', catchUp);
    };
  });
}
