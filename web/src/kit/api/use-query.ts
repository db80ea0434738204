import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useBusy } from '../busy.js';
import { useSource } from '../freshness.js';
import { project } from '../project.js';
import { refreshes } from '../refresh.js';
import { ApiError } from './api-error.js';
import { kept, keep } from './kept-answers.js';
import { urlOf, type Params } from './params.js';
import { get, type RequestOptions } from './request.js';
import { retryDelayMs } from './retry-delay.js';

/** The state of a query. `data` outlives a failed or running refresh: the page says so instead of going blank. */
export interface Query<T> {
  data: T | undefined;
  /** Of the last attempt, where that failed; `data` is then of an earlier one. */
  error: ApiError | undefined;
  /** When `data` was answered. */
  answeredAtMs: number | undefined;
  loading: boolean;
  /** `data` answers an earlier query; the new one is in progress. */
  stale: boolean;
  /** Refetches, bypassing the server's cache. */
  reload: () => void;
}

export interface QueryOptions {
  /** false: not asked again by auto refresh. */
  refresh?: boolean;
  /** false: asked without the project of the address bar, as for what belongs to the whole server. */
  ofProject?: boolean;
  parse?: (text: string) => unknown;
  /** How it is asked, where one request is not all: `getEveryPage` for a list that comes in pages. */
  ask?: <T>(url: string, options: RequestOptions) => Promise<T>;
}

interface Answered<T> {
  data: T;
  answeredAtMs: number;
}

interface Known<T> {
  url: string;
  project: string | undefined;
  answer: Answered<T> | undefined;
  error: ApiError | undefined;
}

/**
 * Asks GET `path` and again on each refresh, aborting what is no longer wanted; retries what the server calls retryable.
 * `path` null asks nothing.
 */
export function useQuery<T>(path: string | null, params: Params = {}, options: QueryOptions = {}): Query<T> {
  const { refresh = true, ofProject = true, parse, ask = get } = options;
  const chosen = ofProject ? project.value : undefined;
  const url = path === null ? null : urlOf(path, { ...params, project: chosen });
  const tick = refresh ? refreshes.value : 0;
  const [known, setKnown] = useState<Known<T> | undefined>(() =>
    url === null ? undefined : remembered(url, chosen),
  );
  const [loading, setLoading] = useState(url !== null);
  const [attempt, setAttempt] = useState({ count: 0, fresh: false });
  const failures = useRef(0);

  useEffect(() => {
    if (url === null) return;
    const controller = new AbortController();
    const again = () => setAttempt(({ count }) => ({ count: count + 1, fresh: false }));
    let retry: ReturnType<typeof setTimeout> | undefined;
    setLoading(true);
    ask<T>(url, { signal: controller.signal, fresh: attempt.fresh, parse })
      .then((data) => {
        failures.current = 0;
        const answer = { data, answeredAtMs: Date.now() };
        keep(url, answer);
        setKnown({ url, project: chosen, answer, error: undefined });
        setLoading(false);
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        const failure = asApiError(error);
        // The numbers of an earlier query could be taken for those of this one.
        setKnown((last) => ({
          url,
          project: chosen,
          answer: last?.url === url ? last.answer : undefined,
          error: failure,
        }));
        setLoading(false);
        if (!failure.retryable) return;
        retry = setTimeout(again, retryDelayMs(failures.current++, failure.retryAfterMs));
      });
    return () => {
      clearTimeout(retry);
      controller.abort();
    };
  }, [url, tick, attempt]);

  const reload = useCallback(() => setAttempt(({ count }) => ({ count: count + 1, fresh: true })), []);
  // Another project's numbers are never shown for this one's, not even for a moment.
  const own = known !== undefined && known.project === chosen ? known : undefined;
  const current = own?.url === url ? own : url === null ? undefined : (remembered<T>(url, chosen) ?? own);
  const waiting = url !== null && current?.url !== url;
  useBusy(waiting);
  const error = current?.url === url ? current?.error : undefined;
  const answeredAtMs = current?.answer?.answeredAtMs;
  // A query that is never refreshed does not count for the age of the page.
  useSource({ answeredAtMs: refresh && url !== null ? answeredAtMs : undefined, error, reload });
  return {
    data: current?.answer?.data,
    error,
    answeredAtMs,
    loading: loading || waiting,
    stale: current !== undefined && current.url !== url,
    reload,
  };
}

function remembered<T>(url: string, ofProject: string | undefined): Known<T> | undefined {
  const answer = kept<Answered<T>>(url);
  return answer && { url, project: ofProject, answer, error: undefined };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'unreadable_answer', 'The answer could not be read');
}
