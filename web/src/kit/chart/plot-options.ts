import uPlot from 'uplot';
import { clock, clockSeconds, date } from '../format.js';
import { cutBuckets, endOf, type Buckets } from './buckets.js';
import type { ChartSeries, Colour } from './chart-series.js';
import { logTicks } from './log-scale.js';
import type { Unit } from './unit.js';

export interface PlotLook {
  kind: 'bars' | 'lines';
  unit: Unit;
  buckets: Buckets;
  /** Resolves a token of tokens.css to a colour for the canvas. */
  colour: (token: Colour | 'axis' | 'grid' | 'surface') => string;
  font: string;
  /** Highest value that the axis shows at least. */
  leastMax: number;
  /** Is the value axis logarithmic? */
  log: boolean;
  window: { fromS: number; toS: number };
  /** Bars of a few pixels. */
  thin: boolean;
}

export interface PlotEvents {
  onCursor: (index: number | null, left: number) => void;
  /** A brush of the pointer; absent: none. */
  onBrush?: (fromS: number, toS: number) => void;
}

const TICK_SPACE_PX = 34;

/** A shorter drag is a tap. */
export const LEAST_BRUSH_PX = 6;

/**
 * Options of uPlot for a chart in this project's look; stacked series come with the highest first, lines each with a second
 * one for what leads to a cut bucket.
 */
export function plotOptions(
  size: { width: number; height: number },
  series: readonly ChartSeries[],
  look: PlotLook,
  events: PlotEvents,
): uPlot.Options {
  const bars = look.kind === 'bars';
  return {
    ...size,
    pxAlign: true,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: {
      y: false,
      points: bars ? { show: false } : { size: 7, width: 2 },
      drag: { x: Boolean(events.onBrush), y: false, setScale: false, dist: LEAST_BRUSH_PX },
      // By time: bars reach further than the window.
      sync: { key: 'page', setSeries: false, scales: ['x', null] },
    },
    scales: { x: { time: true, range: () => rangeOf(look) }, y: valueScale(look) },
    axes: axesOf(look),
    series: [
      {},
      ...series.map((one) => (bars ? barSeries(one, look) : lineSeries(one, look))),
      ...(bars ? [] : series.map((one) => ({ ...lineSeries(one, look), dash: [3, 4] }))),
    ],
    hooks: {
      draw: bars ? [(plot) => hatchCut(plot, look)] : [],
      setCursor: [(plot) => events.onCursor(indexAt(plot, look), plot.cursor.left ?? -1)],
      setSelect: [(plot) => selected(plot, events)],
    },
  };
}

function valueScale(look: PlotLook): uPlot.Scale {
  const top = (max: number | null) => Math.max(max ?? 0, look.leastMax);
  // Linear up to 1, so that zero has its place.
  if (look.log) return { distr: 4, asinh: 1, range: (_plot, _min, max) => [0, top(max) * 1.3] };
  return { range: (_plot, _min, max) => [0, top(max) * 1.05] };
}

// Bars are drawn from their beginning to the right: the first may begin before the window, the last end after it.
function rangeOf({ kind, buckets: { times, stepS }, window: { fromS, toS } }: PlotLook): [number, number] {
  if (kind === 'lines' || times.length === 0) return [fromS, toS];
  return [Math.min(times[0], fromS), Math.max(times[times.length - 1] + stepS, toS)];
}

// uPlot takes the nearest point, which for bars is where they begin: from its middle on it would be the next one.
function indexAt(plot: uPlot, { kind, buckets: { times } }: PlotLook): number | null {
  const { idx, left = -1 } = plot.cursor;
  if (idx === null || idx === undefined || left < 0 || kind === 'lines') return idx ?? null;
  return times[idx] > plot.posToVal(left + 1, 'x') && idx > 0 ? idx - 1 : idx;
}

function lineSeries({ colour }: ChartSeries, look: PlotLook): uPlot.Series {
  const ink = look.colour(colour);
  const points: uPlot.Series.Points = { show: true, size: 4, width: 0, fill: ink, filter: lonely };
  return { stroke: ink, width: 1.75, points, spanGaps: false };
}

function barSeries({ colour }: ChartSeries, look: PlotLook): uPlot.Series {
  return {
    fill: look.colour(colour),
    // A gap in the colour of the surface separates the parts of a stack, whatever their colours; thin bars would vanish in it.
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

const HATCH_PX = 5;

/** Bars of partly counted buckets are hatched: an unfinished hour must not look like a drop. */
function hatchCut(plot: uPlot, look: PlotLook): void {
  const { buckets } = look;
  const { ctx, bbox } = plot;
  for (const index of cutBuckets(buckets)) {
    const left = plot.valToPos(buckets.times[index], 'x', true);
    const right = plot.valToPos(endOf(buckets, index), 'x', true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.strokeStyle = look.colour('surface');
    ctx.lineWidth = (HATCH_PX / 2) * devicePixelRatio;
    ctx.beginPath();
    const step = HATCH_PX * devicePixelRatio;
    for (let x = left - bbox.height; x < right; x += step) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
}

function selected(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select;
  if (width < LEAST_BRUSH_PX) return;
  const [fromS, toS] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  events.onBrush?.(fromS, toS);
}

/** Time below, values at the left. */
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
      space: TICK_SPACE_PX,
      gap: 8,
      size: (_plot, values) => 16 + 6.5 * Math.max(3, ...(values ?? []).map((value) => value.length)),
      incrs: look.unit.steps && [...look.unit.steps],
      ...(look.log && {
        splits: (plot, _axis, _min, max) =>
          logTicks(look.unit.decades, max, plot.over.clientHeight / TICK_SPACE_PX),
        filter: (_plot, splits) => splits,
      }),
      values: (_plot, splits) => splits.map((split) => look.unit.short(split)),
    },
  ];
}

/** Midnight is named by its day, everything else by the clock: with seconds where ticks are less than a minute apart. */
export function tickName(timeS: number, incrementS: number): string {
  const moment = new Date(timeS * 1000);
  if (incrementS < 60) return clockSeconds(moment);
  const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return incrementS >= 86_400 || midnight ? date(moment) : clock(moment);
}
