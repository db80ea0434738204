import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { isDark } from '../theme.js';
import type { ChartSeries } from './chart-series.js';
import { colourOf } from './colours.js';
import { plotData, topFirst } from './plot-data.js';
import { plotOptions, type PlotEvents, type PlotLook } from './plot-options.js';

const THIN_PX = 6;

export interface PlotInput extends Omit<PlotLook, 'colour' | 'font' | 'thin'> {
  series: readonly ChartSeries[];
  height: number;
}

/** Draws a chart into an element, anew whenever its look changes, with new data alone when only that did. */
export function usePlot(
  host: RefObject<HTMLDivElement | null>,
  input: PlotInput,
  events: PlotEvents,
): RefObject<uPlot | null> {
  const plot = useRef<uPlot>(null);
  const width = useWidth(host);
  const latest = useRef({ input, events });
  latest.current = { input, events };
  const thin = width < input.buckets.times.length * THIN_PX;
  const names = JSON.stringify(input.series.map(({ name, colour }) => [name, colour]));

  useLayoutEffect(() => {
    const element = host.current;
    if (!element || width === 0) return;
    const { input: now } = latest.current;
    const made = new uPlot(
      plotOptions(
        { width, height: now.height },
        topFirst(now.series, now.kind),
        lookOf(element, thin, latest),
        {
          onCursor: (index, left) => latest.current.events.onCursor(index, left),
          onBrush: events.onBrush && ((fromS, toS) => latest.current.events.onBrush?.(fromS, toS)),
        },
      ),
      plotData(now),
      element,
    );
    plot.current = made;
    // Redraws labels that were drawn before their font had loaded.
    void document.fonts.ready.then(() => plot.current === made && made.redraw(false, true));
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [width > 0, thin, names, input.kind, input.log, input.height, isDark.value, Boolean(events.onBrush)]);

  useEffect(() => plot.current?.setSize({ width, height: input.height }), [width]);
  useEffect(() => plot.current?.setData(plotData(input)), [input.buckets, input.series]);
  return plot;
}

// Read through the reference: the buckets and the window move on with each refresh, the plot stays.
function lookOf(element: HTMLElement, thin: boolean, latest: { current: { input: PlotInput } }): PlotLook {
  const { fontFamily } = getComputedStyle(element);
  const { kind, unit, log } = latest.current.input;
  return {
    thin,
    kind,
    unit,
    log,
    get buckets() {
      return latest.current.input.buckets;
    },
    get window() {
      return latest.current.input.window;
    },
    get leastMax() {
      return latest.current.input.leastMax;
    },
    colour: (token) => colourOf(element, `chart-${token}`),
    font: `11px ${fontFamily}`,
  };
}

function useWidth(host: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
