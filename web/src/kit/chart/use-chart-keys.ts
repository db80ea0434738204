import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';

export interface ChartKeys {
  /** The keyboard holds the cursor. */
  active: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** Arrows, Home and End move the cursor; with Shift they select; Enter zooms into what is selected; Escape lets go. */
export function useChartKeys(
  plot: RefObject<uPlot | null>,
  times: readonly number[],
  stepS: number,
  onBrush?: (fromMs: number, toMs: number) => void,
): ChartKeys {
  const [active, setActive] = useState(false);
  const anchor = useRef<number | null>(null);

  const letGo = () => {
    anchor.current = null;
    setActive(false);
    plot.current?.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    plot.current?.setCursor({ left: -10, top: -10 });
  };
  const move = (chart: uPlot, to: number, select: boolean) => {
    anchor.current = select ? (anchor.current ?? chart.cursor.idx ?? to) : null;
    setActive(true);
    chart.setCursor({ left: chart.valToPos(chart.data[0][to], 'x'), top: 1 });
    showSelection(chart, times, stepS, anchor.current, to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chart = plot.current;
    if (!chart || times.length === 0) return;
    const at = chart.cursor.idx ?? null;
    const to = target(event.key, at, times.length);
    if (to !== null) move(chart, to, event.shiftKey && onBrush !== undefined);
    else if (event.key === 'Escape' && active) letGo();
    else if (event.key === 'Enter' && anchor.current !== null && at !== null && onBrush) {
      const [first, last] = [Math.min(anchor.current, at), Math.max(anchor.current, at)];
      letGo();
      onBrush(times[first] * 1000, (times[last] + stepS) * 1000);
    } else return;
    event.preventDefault();
  };
  return { active, onKeyDown, onBlur: () => active && letGo() };
}

function target(key: string, at: number | null, length: number): number | null {
  const last = length - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return at === null ? 0 : Math.min(at + 1, last);
  if (key === 'ArrowLeft') return at === null ? last : Math.max(at - 1, 0);
  return null;
}

function showSelection(
  chart: uPlot,
  times: readonly number[],
  stepS: number,
  from: number | null,
  to: number,
): void {
  if (from === null) return chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  const left = chart.valToPos(times[Math.min(from, to)], 'x');
  const right = chart.valToPos(times[Math.max(from, to)] + stepS, 'x');
  chart.setSelect({ left, width: right - left, top: 0, height: chart.over.clientHeight }, false);
}
