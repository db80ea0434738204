import type { ChartSeries } from './chart-series.js';

interface LegendProps {
  series: readonly ChartSeries[];
  hidden: ReadonlySet<string>;
  onToggle: (name: string) => void;
  valueOf?: (series: ChartSeries) => string;
}

/** Names and totals; each turns its series off and on. */
export function Legend({ series, hidden, onToggle, valueOf }: LegendProps) {
  return (
    <ul class="legend" aria-label="Series">
      {series.map((one) => (
        <li key={one.name}>
          <button type="button" aria-pressed={!hidden.has(one.name)} onClick={() => onToggle(one.name)}>
            <span class={`swatch swatch-${one.colour}`} aria-hidden="true" />
            <bdi>{one.name}</bdi>
            {valueOf && <span class="legend-value">{valueOf(one)}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
