import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Colour } from '../chart/chart-series.js';
import type { Compared } from '../comparison.js';
import { asOf } from '../format.js';
import type { Values } from '../series.js';
import { Sparkline } from './sparkline.js';

interface TileProps {
  label: string;
  /** undefined: still loading. */
  value: string | undefined;
  /** The value in full, on hover. */
  title?: string;
  /** What the value is of, in its foot: "190 of 6,000". */
  detail?: string;
  /** Against the period before. */
  compared?: Compared;
  /** What the value was in the period before, as text. */
  before?: string;
  /** Which way is good; none: neither is. */
  better?: 'up' | 'down';
  spark?: { values: Values; colour: Colour };
  /** Never answered, and the last attempt failed. */
  failed?: boolean;
  /** The value is of this moment: it could not be asked for again since. */
  staleSinceMs?: number;
  children?: ComponentChildren;
}

/** One number at a glance: what it is, how it changed, its shape over time. */
export function Tile(props: TileProps) {
  const { label, value, title, detail, compared, spark, failed, staleSinceMs, children } = props;
  const id = useId();
  const stale = staleSinceMs !== undefined;
  return (
    <div class={stale ? 'tile tile-stale' : 'tile'} role="group" aria-labelledby={id}>
      <p id={id} class="tile-label">
        {label}
      </p>
      <p class={value === undefined && !failed ? 'tile-value tile-waiting' : 'tile-value'} title={title}>
        {failed ? '–' : (value ?? '\u00a0')}
      </p>
      <div class="tile-foot">
        {stale && <p class="tile-as-of">As of {asOf(staleSinceMs)}</p>}
        {!stale && detail && <p>{detail}</p>}
        {!stale && compared !== undefined && <Change {...props} compared={compared} />}
        {children}
      </div>
      {spark && <Sparkline {...spark} />}
    </div>
  );
}

type ChangeProps = Pick<TileProps, 'better' | 'before'> & { compared: Compared };

function Change({ compared, better, before }: ChangeProps) {
  if (compared === 'none') return <span>No earlier data</span>;
  if (compared === 'part')
    return <span title="Data begins in the course of the period before">No full period before</span>;
  const from = before && <span class="change-before"> from {before}</span>;
  if (compared === 'few') return <span title="Too few in the period before to compare with">{from}</span>;
  const { text, way, significant } = compared;
  const mood = !significant || !better ? '' : way === better ? ' change-good' : ' change-bad';
  const chance = significant ? '' : '; the difference may be chance';
  return (
    <span class={`change${mood}`} title={before && `${before} in the period before${chance}`}>
      {text}
      <span class="visually-hidden"> against the period before</span>
      {from}
    </span>
  );
}
