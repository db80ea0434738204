import { useEffect, useState } from 'preact/hooks';

const ASLEEP_AFTER_MS = 60_000;

/**
 * Is the page visible, or was it within the last minute? A browser allows few connections to a server: pages in the background
 * must not hold theirs.
 */
export function useAwake(): boolean {
  const [awake, setAwake] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') setAwake(true);
      else timer = setTimeout(() => setAwake(false), ASLEEP_AFTER_MS);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return awake;
}
