import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { ApiError } from '../api/api-error.js';
import type { Query } from '../api/use-query.js';
import { asOf } from '../format.js';
import { isGeneral } from '../freshness.js';
import { Failure, Loading, Unavailable } from './states.js';

/** Columns of the page's twelve; on a phone always all. */
export type Span = 3 | 4 | 5 | 6 | 7 | 8 | 9 | 12;

interface PanelProps {
  title: string;
  /** A word beside the title: a unit, a total. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  span?: Span;
  /** The same on a wide screen, where that is other. */
  wide?: Span;
  children: ComponentChildren;
}

/** A titled box of a page's grid. */
export function Panel({ title, note, actions, span = 12, wide = span, children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel span-${span} wide-${wide}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {note && <span class="panel-note">{note}</span>}
        {actions && <div class="panel-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

interface LoadedProps<T> {
  query: Query<T>;
  /** Of the place that is held while loading. */
  height?: number;
  /** Shown instead of the children where it says so. */
  isEmpty?: (data: T) => boolean;
  empty?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}

/** What a question came back with: its place held while loading, its failure with a way to retry, or its data. */
export function Loaded<T>({ query, height, isEmpty, empty, children }: LoadedProps<T>) {
  const { data, error, answeredAtMs } = query;
  if (data === undefined && error) {
    return isGeneral(error) ? <Unavailable /> : <Failure error={error} onRetry={query.reload} />;
  }
  if (data === undefined) return <Loading height={height} />;
  return (
    <div class={query.stale ? 'loaded stale' : 'loaded'}>
      {error && answeredAtMs !== undefined && <AsOf error={error} answeredAtMs={answeredAtMs} />}
      {isEmpty?.(data) ? empty : children(data)}
    </div>
  );
}

// What keeps every panel from being up to date is told above them.
function AsOf({ error, answeredAtMs }: { error: ApiError; answeredAtMs: number }) {
  if (isGeneral(error)) return <p class="panel-as-of">As of {asOf(answeredAtMs)}</p>;
  return (
    <p class="panel-warning">
      As of {asOf(answeredAtMs)}: {error.message}
    </p>
  );
}
