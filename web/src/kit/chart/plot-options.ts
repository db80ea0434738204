import uPlot from 'uplot';
import { clock, date } from '../format.js';
import type { Format } from './describe.js';
import type { ChartSeries, Colour } from './chart-series.js';

export interface PlotLook {
  kind: 'bars' | 'lines';
  format: Format;
  times: readonly number[];
  stepS: number;
  /** From a token of tokens.css to a colour that a canvas takes. */
  colour: (token: Colour | 'axis' | 'grid' | 'surface') => string;
  font: string;
  /** Of counts: the axis has no ticks between two whole numbers. */
  whole: boolean;
  /** Highest value that the axis shows at least. */
  leastMax: number;
  window: { fromS: number; toS: number };
  /** Bars of a few pixels. */
  thin: boolean;
}

export interface PlotEvents {
  onCursor: (index: number | null, left: number) => void;
  /** A brush of the pointer; absent: none. */
  onBrush?: (fromS: number, toS: number) => void;
}

/** Less is a tap. */
export const LEAST_BRUSH_PX = 6;
/** 1, 2, 5, 10, 20, 50 … */
const WHOLE_STEPS = Array.from({ length: 36 }, (_, n) => [1, 2, 5][n % 3] * 10 ** Math.floor(n / 3));

/** Options of uPlot for a chart in this project's look; stacked series come with the highest first. */
export function plotOptions(
  size: { width: number; height: number },
  series: readonly ChartSeries[],
  look: PlotLook,
  events: PlotEvents,
): uPlot.Options {
  return {
    ...size,
    pxAlign: true,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: {
      y: false,
      points: look.kind === 'bars' ? { show: false } : { size: 7, width: 2 },
      drag: { x: Boolean(events.onBrush), y: false, setScale: false, dist: LEAST_BRUSH_PX },
      sync: { key: 'page', setSeries: false },
    },
    scales: {
      x: { time: true, range: () => rangeOf(look) },
      y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, look.leastMax) * 1.05] },
    },
    axes: axesOf(look),
    series: [{}, ...series.map((one) => seriesOf(one, look))],
    hooks: {
      setCursor: [(plot) => events.onCursor(plot.cursor.idx ?? null, plot.cursor.left ?? -1)],
      setSelect: [(plot) => selected(plot, events)],
    },
  };
}

// Bars are drawn from their beginning to the right: the first may begin before the window, the last end after it.
function rangeOf({ kind, times, stepS, window: { fromS, toS } }: PlotLook): [number, number] {
  if (kind === 'lines' || times.length === 0) return [fromS, toS];
  return [Math.min(times[0], fromS), Math.max(times[times.length - 1] + stepS, toS)];
}

function axesOf(look: PlotLook): uPlot.Axis[] {
  const shared = { stroke: look.colour('axis'), font: look.font };
  return [
    {
      ...shared,
      grid: { show: false },
      ticks: { stroke: look.colour('grid'), size: 4, width: 1 },
      space: 72,
      size: 30,
      gap: 6,
      values: (_plot, splits, _axis, _space, increment) => splits.map((split) => tickName(split, increment)),
    },
    {
      ...shared,
      grid: { stroke: look.colour('grid'), width: 1 },
      ticks: { show: false },
      border: { show: false },
      space: 34,
      gap: 8,
      size: (_plot, values) => 16 + 6.5 * Math.max(3, ...(values ?? []).map((value) => value.length)),
      incrs: look.whole ? WHOLE_STEPS : undefined,
      values: (_plot, splits) => splits.map((split) => look.format(split)),
    },
  ];
}

// Midnight is named by its day, everything else by the clock.
function tickName(timeS: number, incrementS: number): string {
  const moment = new Date(timeS * 1000);
  const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return incrementS >= 86_400 || midnight ? date(moment) : clock(moment);
}

function seriesOf({ colour }: ChartSeries, look: PlotLook): uPlot.Series {
  const ink = look.colour(colour);
  if (look.kind === 'lines') {
    const points: uPlot.Series.Points = { show: true, size: 4, width: 0, fill: ink, filter: lonely };
    return { stroke: ink, width: 1.75, points, spanGaps: false };
  }
  return {
    fill: ink,
    // A seam of the surface keeps the parts of a stack apart, whatever their colours; of thin bars it would leave nothing.
    stroke: look.thin ? undefined : look.colour('surface'),
    width: look.thin ? 0 : 1,
    points: { show: false },
    paths: uPlot.paths.bars?.({ size: [0.86, 64], align: 1, radius: 0 }),
  };
}

// A value between two gaps makes no line: it is drawn as a dot.
function lonely(plot: uPlot, index: number): number[] {
  const values = plot.data[index];
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined;
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) {
    if (isThere(at) && !isThere(at - 1) && !isThere(at + 1)) found.push(at);
  }
  return found;
}

function selected(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select;
  if (width < LEAST_BRUSH_PX) return;
  const [fromS, toS] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  events.onBrush?.(fromS, toS);
}
