import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError } from '../../kit/api/api-error.js';
import { useSource } from '../../kit/freshness.js';

interface Polled<T> {
  data: T | undefined;
  /** Of the last attempt; `data` may be there from one before. */
  error: ApiError | undefined;
  /** When `data` was answered. */
  answeredAtMs: number | undefined;
  reload: () => void;
}

/** Asks again and again while the page is looked at, `everyMs` after each answer. */
export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number): Polled<T> {
  const [known, setKnown] = useState<Pick<Polled<T>, 'data' | 'error' | 'answeredAtMs'>>({
    data: undefined,
    error: undefined,
    answeredAtMs: undefined,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      if (document.visibilityState === 'visible') {
        const answer = await ask(controller.signal).then(
          (data) => ({ data, error: undefined, answeredAtMs: Date.now() }),
          (error: unknown) => ({ error: asApiError(error) }),
        );
        if (controller.signal.aborted) return;
        setKnown((before) => ({ ...before, ...answer }));
      }
      timer = setTimeout(() => void run(), everyMs);
    };
    void run();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [everyMs, attempt]);
  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  useSource({ ...known, reload });
  return { ...known, reload };
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, 'unreadable_answer', 'The answer could not be read');
}
