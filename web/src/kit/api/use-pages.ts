import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api-error.js';
import type { Params } from './params.js';
import { getPage } from './request.js';

const PAGE_SIZE = 100;

interface Pages<T> {
  /** undefined: the first page is not there yet. */
  entries: readonly T[] | undefined;
  error: ApiError | undefined;
  loading: boolean;
  complete: boolean;
  /** Asks for the next page. */
  more: () => void;
  reload: () => void;
}

type Shown<T> = Pick<Pages<T>, 'entries' | 'error'> & { nextCursor: string | null };

const NOTHING: Shown<never> = { entries: undefined, error: undefined, nextCursor: null };

/** A list of the whole server, page by page; other filters begin anew. */
export function usePages<T>(path: string, filter: Params): Pages<T> {
  const [shown, setShown] = useState<Shown<T>>(NOTHING);
  const [loading, setLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const running = useRef<AbortController | null>(null);

  const load = async (before: Shown<T>) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setLoading(true);
    try {
      const params = { ...filter, limit: PAGE_SIZE, cursor: before.nextCursor ?? undefined };
      const page = await getPage<T>(path, { params, signal: controller.signal });
      const entries = [...(before.entries ?? []), ...page.data];
      setShown({ entries, error: undefined, nextCursor: page.next_cursor });
    } catch (error) {
      if (controller.signal.aborted) return;
      setShown({ ...before, error: asApiError(error) });
    }
    setLoading(false);
  };

  useEffect(() => {
    void load(NOTHING);
    return () => running.current?.abort();
  }, [path, JSON.stringify(filter), attempt]);

  return {
    entries: shown.entries,
    error: shown.error,
    loading,
    complete: shown.entries !== undefined && shown.nextCursor === null,
    more: () => void load(shown),
    reload: () => setAttempt((count) => count + 1),
  };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'unreadable_answer', 'The answer could not be read');
}
