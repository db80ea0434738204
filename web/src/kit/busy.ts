import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

/** How much of the page still waits for its first answer: `main` says so with aria-busy. */
export const waiting = signal(0);

export function useBusy(isWaiting: boolean): void {
  useLayoutEffect(() => {
    if (!isWaiting) return;
    waiting.value++;
    return () => void waiting.value--;
  }, [isWaiting]);
}
