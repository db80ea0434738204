import { useMemo } from 'preact/hooks';
import type { Query } from './use-query.js';

/** Two queries as one: ready when both are. */
export function useBoth<A, B>(a: Query<A>, b: Query<B>): Query<readonly [A, B]> {
  const data = useMemo(
    () => (a.data === undefined || b.data === undefined ? undefined : ([a.data, b.data] as const)),
    [a.data, b.data],
  );
  return {
    data,
    error: a.error ?? b.error,
    answeredAtMs: oldest(a.answeredAtMs, b.answeredAtMs),
    loading: a.loading || b.loading,
    stale: a.stale || b.stale,
    reload: () => {
      a.reload();
      b.reload();
    },
  };
}

function oldest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}
