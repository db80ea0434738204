import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { stepOf, sum } from '../series.js';
import type { ChartSeries } from './chart-series.js';
import { ChartTable } from './chart-table.js';
import { describe, type Format } from './describe.js';
import { Legend } from './legend.js';
import { Tooltip } from './tooltip.js';
import { useChartKeys } from './use-chart-keys.js';
import { usePlot } from './use-plot.js';
import { useTouchBrush } from './use-touch-brush.js';

export interface TimeChartProps {
  /** What it shows, as its accessible name. */
  label: string;
  /** Stacked bars for counts of buckets, lines for levels. */
  kind: 'bars' | 'lines';
  times: readonly number[];
  series: readonly ChartSeries[];
  format: Format;
  window: { fromMs: number; toMs: number };
  height?: number;
  /** Of counts, as bars are unless they say otherwise: no ticks between two whole numbers. */
  whole?: boolean;
  /** The value axis reaches at least so high: a flat zero should not look like noise. */
  leastMax?: number;
  /** Shows a table in the chart's place. */
  asTable?: boolean;
  /** A brush with the pointer, or Shift and arrows then Enter on the keyboard. */
  onBrush?: (fromMs: number, toMs: number) => void;
}

/** A chart over time, with a legend that turns series on and off, a tooltip, keyboard, and its content in words. */
export function TimeChart(props: TimeChartProps) {
  const {
    label,
    kind,
    times,
    series,
    format,
    window,
    height = 200,
    leastMax = 1,
    whole = kind === 'bars',
    asTable,
    onBrush,
  } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const stepS = stepOf(times, (window.toMs - window.fromMs) / 1000);
  const shown = useMemo(() => series.filter(({ name }) => !hidden.has(name)), [series, hidden]);
  const summary = useMemo(() => describe(times, stepS, series, kind, format), [times, series]);
  const toggle = (name: string) => setHidden(toggled(hidden, name));

  return (
    <div class="chart">
      {asTable ? (
        <ChartTable {...{ label, times, stepS, format, height }} series={shown} />
      ) : (
        <Canvas
          {...{ label, kind, times, format, window, height, leastMax, whole, onBrush, stepS, summary }}
          series={shown}
        />
      )}
      {series.length > 1 && (
        <Legend
          series={series}
          hidden={hidden}
          onToggle={toggle}
          valueOf={kind === 'bars' ? (one) => format(sum(one.values)) : undefined}
        />
      )}
    </div>
  );
}

type CanvasProps = Required<Omit<TimeChartProps, 'asTable' | 'onBrush'>> &
  Pick<TimeChartProps, 'onBrush'> & { stepS: number; summary: string };

function Canvas({
  label,
  kind,
  times,
  series,
  format,
  window,
  height,
  leastMax,
  whole,
  onBrush,
  stepS,
  summary,
}: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const described = useId();
  const [cursor, setCursor] = useState<{ index: number | null; left: number }>({ index: null, left: 0 });
  const range = { fromS: window.fromMs / 1000, toS: window.toMs / 1000 };
  const plot = usePlot(
    host,
    { kind, times, series, format, height, leastMax, whole, stepS, window: range },
    {
      onCursor: (index, left) => setCursor({ index: left < 0 ? null : index, left }),
      onBrush: onBrush && ((fromS, toS) => onBrush(fromS * 1000, toS * 1000)),
    },
  );
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
        {summary} Arrow keys read the values{onBrush ? ', with Shift they select, Enter zooms in' : ''}.
      </p>
      <div ref={host} class="chart-host" style={{ height: `${height}px` }} />
      {at !== null && times[at] !== undefined && (
        <Tooltip
          {...{ at, timeS: times[at], stepS, series, format }}
          left={cursor.left}
          host={host}
          plot={plot}
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
