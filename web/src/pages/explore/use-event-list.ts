import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../kit/api/api-error.js';
import { get } from '../../kit/api/request.js';
import type { FilteredEvents } from '../../kit/api/schema.js';
import { useSource } from '../../kit/freshness.js';
import type { StoredEvent } from '../events/event.js';
import { parseExact } from '../events/exact-json.js';

export interface EventList {
  events: readonly StoredEvent[];
  /** null until it is known. */
  total: number | null;
  estimated: boolean;
  /** The first page is under way; what is shown answers an earlier question. */
  loading: boolean;
  loadingMore: boolean;
  error: ApiError | null;
  /** Have all been shown? */
  complete: boolean;
  /** Pages shown. */
  pages: number;
  /** When the first page was answered. */
  askedAtMs: number;
  /** Asks for the next page; does nothing where there is none or one is under way. */
  more: () => void;
  reload: () => void;
}

type Shown = Pick<EventList, 'events' | 'total' | 'estimated' | 'pages' | 'askedAtMs' | 'error'> & {
  nextCursor: string | null;
};

const NOTHING: Shown = {
  events: [],
  total: null,
  estimated: false,
  pages: 0,
  askedAtMs: 0,
  error: null,
  nextCursor: null,
};

/**
 * Events page by page. `urlOf` gives a page's address by its cursor (null: the first); another `question` begins anew, what was
 * shown stays until the new first page is there.
 */
export function useEventList(question: string, urlOf: (cursor: string | null) => string): EventList {
  const [shown, setShown] = useState<Shown>(NOTHING);
  const [loading, setLoading] = useState<'first' | 'more' | null>('first');
  const [attempt, setAttempt] = useState(0);
  const running = useRef<AbortController | null>(null);

  const load = async (cursor: string | null) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setLoading(cursor === null ? 'first' : 'more');
    try {
      const page = await get<FilteredEvents>(urlOf(cursor), { signal: controller.signal, parse: parseExact });
      setShown((before) => (cursor === null ? firstPage(page) : withPage(before, page)));
    } catch (error) {
      if (controller.signal.aborted) return;
      setShown((before) => ({ ...(cursor === null ? NOTHING : before), error: asApiError(error) }));
    }
    running.current = null;
    setLoading(null);
  };

  useEffect(() => {
    void load(null);
    return () => running.current?.abort();
  }, [question, attempt]);

  const more = () => {
    if (loading === null && shown.nextCursor !== null) void load(shown.nextCursor);
  };
  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  // Where only a next page failed, the list itself offers to go on.
  const failed = shown.pages === 0 ? (shown.error ?? undefined) : undefined;
  useSource({ answeredAtMs: shown.askedAtMs || undefined, error: failed, reload });
  return {
    ...shown,
    complete: shown.nextCursor === null && shown.pages > 0,
    loading: loading === 'first',
    loadingMore: loading === 'more',
    more,
    reload,
  };
}

function firstPage({ logs, total_count, total_count_estimated, next_cursor }: FilteredEvents): Shown {
  const estimated = total_count_estimated === true;
  return {
    events: logs,
    total: total_count,
    estimated,
    pages: 1,
    askedAtMs: Date.now(),
    error: null,
    nextCursor: next_cursor,
  };
}

function withPage(shown: Shown, { logs, next_cursor }: FilteredEvents): Shown {
  return {
    ...shown,
    events: [...shown.events, ...logs],
    pages: shown.pages + 1,
    error: null,
    nextCursor: next_cursor,
  };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'unreadable_answer', 'The answer could not be read');
}
