import type { ChartSeries } from './chart-series.js';
import { bucketName, type Format } from './describe.js';

interface ChartTableProps {
  label: string;
  times: readonly number[];
  stepS: number;
  series: readonly ChartSeries[];
  format: Format;
  /** As high as the chart in whose place it stands. */
  height: number;
}

/** The same numbers as rows, the newest first. */
export function ChartTable({ label, times, stepS, series, format, height }: ChartTableProps) {
  const rows = times.map((time, index) => ({ time, index })).reverse();
  return (
    <div
      class="table-scroll chart-table"
      tabIndex={0}
      role="region"
      aria-label={label}
      style={{ maxHeight: `${height}px` }}
    >
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" class="number">
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, index }) => (
            <tr key={time}>
              <th scope="row">{bucketName(time, stepS)}</th>
              {series.map((one) => (
                <td key={one.name} class="number">
                  {format(one.values[index] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
