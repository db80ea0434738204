import { sum } from '../series.js';
import { bucketText, type Buckets } from './buckets.js';
import type { ChartSeries } from './chart-series.js';
import type { Format } from './unit.js';

interface ChartTableProps {
  label: string;
  buckets: Buckets;
  series: readonly ChartSeries[];
  format: Format;
  /** A column of what the series come to: of parts of a whole. */
  withTotal: boolean;
  /** As high as the chart that it replaces. */
  height: number;
}

/** The same numbers as rows, exactly, the newest first. */
export function ChartTable({ label, buckets, series, format, withTotal, height }: ChartTableProps) {
  const rows = buckets.times.map((time, index) => ({ time, index })).reverse();
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
            {withTotal && (
              <th scope="col" class="number">
                Total
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, index }) => (
            <tr key={time}>
              <th scope="row">{bucketText(buckets, index)}</th>
              {series.map(({ name, values, details }) => (
                <td key={name} class="number">
                  {format(values[index] ?? null)}
                  {details?.[index] && <span class="chart-detail"> {details[index]}</span>}
                </td>
              ))}
              {withTotal && <td class="number">{format(sum(series.map(({ values }) => values[index])))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
