import type { RefObject } from 'preact';
import type uPlot from 'uplot';
import type { ChartSeries } from './chart-series.js';
import { bucketSpan, type Format } from './describe.js';

interface TooltipProps {
  at: number;
  timeS: number;
  stepS: number;
  series: readonly ChartSeries[];
  format: Format;
  /** Of the cursor, from the left of the plot's area. */
  left: number;
  host: RefObject<HTMLDivElement | null>;
  plot: RefObject<uPlot | null>;
  /** Read aloud: while the keyboard moves the cursor. */
  live: boolean;
}

/** The values under the cursor, on the side of it that has room. */
export function Tooltip({ at, timeS, stepS, series, format, left, host, plot, live }: TooltipProps) {
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
      <p class="tooltip-time">{bucketSpan(timeS, stepS)}</p>
      <table>
        <tbody>
          {series.map((one) => (
            <tr key={one.name}>
              <td>
                <span class={`swatch swatch-${one.colour}`} /> <bdi>{one.name}</bdi>
              </td>
              <td class="number">{format(one.values[at] ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
