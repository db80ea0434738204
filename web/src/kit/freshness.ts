import { computed, signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ApiError } from './api/api-error.js';

/** The state of one query of the page. */
export interface Source {
  /** When it was last answered; undefined: not yet. */
  answeredAtMs: number | undefined;
  /** Of the last attempt, where that failed. */
  error: ApiError | undefined;
  reload: () => void;
}

const sources = signal<ReadonlyMap<object, Source>>(new Map());

/** Counts a question among those of the page for as long as its component is there. */
export function useSource({ answeredAtMs, error, reload }: Source): void {
  const key = useMemo(() => ({}), []);
  const before = useRef<Pick<Source, 'answeredAtMs' | 'error'>>({ answeredAtMs, error });
  useLayoutEffect(() => {
    change((map) => map.set(key, { answeredAtMs, error, reload }));
    const { current: last } = before;
    before.current = { answeredAtMs, error };
    if (last.error && !error && answeredAtMs !== last.answeredAtMs) recovered();
  }, [answeredAtMs, error, reload]);
  useLayoutEffect(() => () => change((map) => map.delete(key)), []);
}

function change(edit: (map: Map<object, Source>) => void): void {
  const map = new Map(sources.peek());
  edit(map);
  sources.value = map;
}

/** The age of the page's numbers: when the oldest of them was answered. undefined: none was yet. */
export const answeredAtMs = computed(() => {
  const times = [...sources.value.values()].flatMap((source) => source.answeredAtMs ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
});

/** Faults of the server rather than of one query, each listed once however many queries met it. */
export const faults = computed<readonly ApiError[]>(() => {
  const found = new Map<string, ApiError>();
  for (const { error } of sources.value.values()) {
    if (error && isGeneral(error)) found.set(`${error.code} ${error.message}`, error);
  }
  return [...found.values()];
});

/** Would every query fail for this reason? A 400 is the query's own fault. */
export const isGeneral = ({ status }: ApiError): boolean => status !== 400;

const RETRIES_APART_MS = 2_000;
let retriedAtMs = 0;

// The others wait for their own next attempt, up to half a minute: where one is answered they need not. Not at each of them.
function recovered(): void {
  if (Date.now() - retriedAtMs < RETRIES_APART_MS) return;
  retriedAtMs = Date.now();
  retryFaults();
}

/** Asks again what ran into a fault. */
export function retryFaults(): void {
  for (const { error, reload } of sources.peek().values()) if (error && isGeneral(error)) reload();
}
