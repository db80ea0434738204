import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const AHEAD = '600px';

/** Calls when the end of a list comes near the window's edge, for as long as there is more. */
export function useReached(end: RefObject<Element | null>, onReached: () => void, active: boolean): void {
  const latest = useRef(onReached);
  latest.current = onReached;
  useEffect(() => {
    if (!active || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && latest.current(),
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
    // After each page anew: an end that is still in sight then counts again.
  });
}
