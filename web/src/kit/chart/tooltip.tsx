import type { RefObject } from 'preact';
import type uPlot from 'uplot';
import { sum } from '../series.js';
import { bucketText, type Buckets } from './buckets.js';
import type { ChartSeries } from './chart-series.js';
import type { Format } from './unit.js';

interface TooltipProps {
  at: number;
  buckets: Buckets;
  series: readonly ChartSeries[];
  format: Format;
  /** A row of what the series come to: of parts of a whole. */
  withTotal: boolean;
  /** Of the cursor, from the left of the plot's area. */
  left: number;
  host: RefObject<HTMLDivElement | null>;
  plot: RefObject<uPlot | null>;
  /** Read aloud: while the keyboard moves the cursor. */
  live: boolean;
}

/** The values under the cursor, on the side of it that has room. */
export function Tooltip(props: TooltipProps) {
  const { at, buckets, series, format, withTotal, left, host, plot, live } = props;
  const area = plot.current?.over;
  const width = host.current?.clientWidth ?? 0;
  const x = (area?.offsetLeft ?? 0) + left;
  const style = x > width / 2 ? { right: `${width - x + 12}px` } : { left: `${x + 12}px` };
  return (
    <div
      class="tooltip"
      style={style}
      role={live ? 'status' : undefined}
      aria-hidden={live ? undefined : 'true'}
    >
      <p class="tooltip-time">{bucketText(buckets, at)}</p>
      <table>
        <tbody>
          {series.map(({ name, colour, values, details }) => (
            <tr key={name}>
              <td>
                <span class={`swatch swatch-${colour}`} /> <bdi>{name}</bdi>
              </td>
              <td class="number">
                {format(values[at] ?? null)}
                {details?.[at] && <span class="chart-detail"> {details[at]}</span>}
              </td>
            </tr>
          ))}
          {withTotal && (
            <tr class="tooltip-total">
              <td>Total</td>
              <td class="number">{format(sum(series.map(({ values }) => values[at])))}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
