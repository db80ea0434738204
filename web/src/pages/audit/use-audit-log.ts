import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../kit/api/api-error.js';
import type { Params } from '../../kit/api/params.js';
import { getPage } from '../../kit/api/request.js';
import type { AuditEntry } from './audit-entry.js';

const PAGE_SIZE = 100;

interface AuditLog {
  /** undefined: the first page is not there yet. */
  entries: readonly AuditEntry[] | undefined;
  error: ApiError | undefined;
  loading: boolean;
  complete: boolean;
  /** Asks for the next page. */
  more: () => void;
  reload: () => void;
}

type Shown = Pick<AuditLog, 'entries' | 'error'> & { nextCursor: string | null };

const NOTHING: Shown = { entries: undefined, error: undefined, nextCursor: null };

/** The audit log of the whole server, newest first, page by page; other filters begin anew. */
export function useAuditLog(filter: Params): AuditLog {
  const [shown, setShown] = useState(NOTHING);
  const [loading, setLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const running = useRef<AbortController | null>(null);

  const load = async (before: Shown) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setLoading(true);
    try {
      const params = { ...filter, limit: PAGE_SIZE, cursor: before.nextCursor ?? undefined };
      const page = await getPage<AuditEntry>('/api/v1/audit', { params, signal: controller.signal });
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
  }, [JSON.stringify(filter), attempt]);

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
