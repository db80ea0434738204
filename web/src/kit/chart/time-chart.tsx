import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { stepOf, sum } from '../series.js';
import type { Buckets } from './buckets.js';
import type { ChartSeries } from './chart-series.js';
import { ChartTable } from './chart-table.js';
import { describe } from './describe.js';
import { Legend } from './legend.js';
import { isFlattened } from './log-scale.js';
import { Tooltip } from './tooltip.js';
import type { Unit } from './unit.js';
import { useChartKeys } from './use-chart-keys.js';
import { usePlot } from './use-plot.js';
import { useTouchBrush } from './use-touch-brush.js';

export interface TimeChartProps {
  /** What it shows, as its accessible name. */
  label: string;
  /** Stacked bars for counts of buckets, lines for levels. */
  kind: 'bars' | 'lines';
  times: readonly number[];
  /** How long each is; without it they are moments. */
  stepS?: number;
  series: readonly ChartSeries[];
  unit: Unit;
  /** What the chart spans; of buckets, only what lies in it was counted. */
  window: { fromMs: number; toMs: number };
  height?: number;
  /** The value axis reaches at least so high: a flat zero should not look like noise. */
  leastMax?: number;
  /** Shows a table in the chart's place. */
  asTable?: boolean;
  /** A brush with the pointer, or Shift and arrows then Enter on the keyboard. */
  onBrush?: (fromMs: number, toMs: number) => void;
}

/** A chart over time, with a legend that turns series on and off, a tooltip, keyboard, and its content in words. */
export function TimeChart(props: TimeChartProps) {
  const { label, kind, series, unit, window, height = 200, leastMax = 1, asTable, onBrush } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const buckets = useBuckets(props);
  const shown = useMemo(() => series.filter(({ name }) => !hidden.has(name)), [series, hidden]);
  const scale = useScale(shown, kind);
  const withTotal = kind === 'bars' && shown.length > 1;
  const { times, stepS } = buckets;
  const summary = useMemo(() => describe(times, stepS, series, kind, unit.full), [buckets, series]);

  return (
    <div class="chart">
      {asTable ? (
        <ChartTable {...{ label, buckets, height, withTotal }} series={shown} format={unit.exact} />
      ) : (
        <Canvas
          {...{ label, kind, buckets, unit, window, height, leastMax, onBrush, summary, withTotal }}
          series={shown}
          log={scale.log}
        />
      )}
      {(series.length > 1 || scale.offered) && (
        <div class="chart-foot">
          {series.length > 1 && (
            <Legend
              series={series}
              hidden={hidden}
              onToggle={(name) => setHidden(toggled(hidden, name))}
              totalOf={kind === 'bars' ? (one) => sum(one.values) : undefined}
              unit={unit}
            />
          )}
          {scale.offered && !asTable && (
            <button type="button" class="chart-scale" aria-pressed={scale.log} onClick={scale.toggle}>
              Log scale
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function useBuckets({ times, stepS, window }: TimeChartProps): Buckets {
  const { fromMs, toMs } = window;
  return useMemo(
    () =>
      stepS === undefined
        ? { times, stepS: stepOf(times, (toMs - fromMs) / 1000) }
        : { times, stepS, counted: { fromMs, toMs } },
    [times, stepS, fromMs, toMs],
  );
}

/** Logarithmic where a point flattens the rest, unless somebody wants to see just that. */
function useScale(series: readonly ChartSeries[], kind: 'bars' | 'lines') {
  const [wanted, setWanted] = useState<boolean>();
  const offered = useMemo(
    () =>
      isFlattened(
        series.map(({ values }) => values),
        kind,
      ),
    [series, kind],
  );
  const log = offered && (wanted ?? true);
  return { offered, log, toggle: () => setWanted(!log) };
}

type CanvasProps = Required<Omit<TimeChartProps, 'asTable' | 'onBrush' | 'times' | 'stepS'>> &
  Pick<TimeChartProps, 'onBrush'> & { buckets: Buckets; summary: string; log: boolean; withTotal: boolean };

function Canvas(props: CanvasProps) {
  const { label, kind, buckets, series, unit, window, height, leastMax, log, onBrush, summary, withTotal } =
    props;
  const host = useRef<HTMLDivElement>(null);
  const described = useId();
  const [cursor, setCursor] = useState<{ index: number | null; left: number }>({ index: null, left: 0 });
  const range = { fromS: window.fromMs / 1000, toS: window.toMs / 1000 };
  const plot = usePlot(
    host,
    { kind, buckets, series, unit, height, leastMax, log, window: range },
    {
      onCursor: (index, left) => setCursor({ index: left < 0 ? null : index, left }),
      onBrush: onBrush && ((fromS, toS) => onBrush(fromS * 1000, toS * 1000)),
    },
  );
  const { times, stepS } = buckets;
  const keys = useChartKeys(plot, times, stepS, onBrush);
  useTouchBrush(host, plot, onBrush);
  const at = cursor.index;
  return (
    <div
      class="chart-canvas"
      role="figure"
      aria-roledescription="chart"
      aria-label={label}
      aria-describedby={described}
      tabIndex={0}
      onKeyDown={keys.onKeyDown}
      onBlur={keys.onBlur}
    >
      <p id={described} class="visually-hidden">
        {summary} Use the arrow keys to read the values
        {onBrush ? ', hold Shift to select a range, and press Enter to zoom in' : ''}.
      </p>
      <div ref={host} class="chart-host" style={{ height: `${height}px` }} />
      {at !== null && times[at] !== undefined && (
        <Tooltip
          {...{ at, buckets, series, withTotal, host, plot }}
          format={unit.full}
          left={cursor.left}
          live={keys.active}
        />
      )}
    </div>
  );
}

function toggled(hidden: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(name)) next.add(name);
  return next;
}
