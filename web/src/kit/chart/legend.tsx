import type { ChartSeries } from './chart-series.js';
import type { Unit } from './unit.js';

interface LegendProps {
  series: readonly ChartSeries[];
  hidden: ReadonlySet<string>;
  onToggle: (name: string) => void;
  /** What a series comes to, where that means something. */
  totalOf?: (series: ChartSeries) => number;
  unit: Unit;
}

/** Names and totals; each turns its series off and on. */
export function Legend({ series, hidden, onToggle, totalOf, unit }: LegendProps) {
  return (
    <ul class="legend" aria-label="Series">
      {series.map((one) => (
        <li key={one.name}>
          <button type="button" aria-pressed={!hidden.has(one.name)} onClick={() => onToggle(one.name)}>
            <span class={`swatch swatch-${one.colour}`} aria-hidden="true" />
            <bdi>{one.name}</bdi>
            {totalOf && (
              <span class="legend-value" title={unit.full(totalOf(one))}>
                {unit.short(totalOf(one))}
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
