import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Sparkline } from './sparkline.js';
import type { Colour } from '../chart/chart-series.js';
import { change } from '../format.js';
import type { Values } from '../series.js';

interface TileProps {
  label: string;
  /** undefined: still loading. */
  value: string | undefined;
  /** The value in full, on hover. */
  title?: string;
  /** In percent against the period before; null: nothing to compare with. */
  changePercent?: number | null;
  /** Which way is good; none: neither is. */
  better?: 'up' | 'down';
  /** What the value was before, as text. */
  before?: string;
  spark?: { values: Values; colour: Colour };
  failed?: boolean;
  children?: ComponentChildren;
}

/** One number at a glance: what it is, how it changed, its shape over time. */
export function Tile({
  label,
  value,
  title,
  changePercent,
  better,
  before,
  spark,
  failed,
  children,
}: TileProps) {
  const id = useId();
  return (
    <div class="tile" role="group" aria-labelledby={id}>
      <p id={id} class="tile-label">
        {label}
      </p>
      <p class={value === undefined && !failed ? 'tile-value tile-waiting' : 'tile-value'} title={title}>
        {failed ? '–' : (value ?? '\u00a0')}
      </p>
      <div class="tile-foot">
        {changePercent !== undefined && <Change percent={changePercent} better={better} before={before} />}
        {children}
      </div>
      {spark && <Sparkline {...spark} />}
    </div>
  );
}

function Change({
  percent,
  better,
  before,
}: {
  percent: number | null;
  better?: 'up' | 'down';
  before?: string;
}) {
  if (percent === null) return <span>nothing before</span>;
  const way = percent > 0 ? 'up' : 'down';
  const flat = Math.abs(percent) < 0.05;
  const mood = flat || !better ? '' : way === better ? ' change-good' : ' change-bad';
  return (
    <span class={`change${mood}`} title={before && `${before} in the period before`}>
      {change(percent)}
      <span class="visually-hidden"> against the period before</span>
      {before && <span class="change-before"> from {before}</span>}
    </span>
  );
}
