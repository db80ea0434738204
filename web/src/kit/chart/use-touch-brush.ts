import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { LEAST_BRUSH_PX } from './plot-options.js';

const NOTHING = { left: 0, width: 0, top: 0, height: 0 };

/**
 * A finger drawn sideways over a chart selects as a mouse does, which is all that uPlot listens to; up and down still
 * scrolls the page (touch-action in chart.css).
 */
export function useTouchBrush(
  host: RefObject<HTMLDivElement | null>,
  plot: RefObject<uPlot | null>,
  onBrush?: (fromMs: number, toMs: number) => void,
): void {
  const latest = useRef(onBrush);
  latest.current = onBrush;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let finger: { id: number; startPx: number } | null = null;
    const leftOf = (chart: uPlot, { clientX }: PointerEvent) =>
      Math.min(Math.max(clientX - chart.rect.left, 0), chart.over.clientWidth);
    const begin = (event: PointerEvent) => {
      const chart = plot.current;
      if (!chart || !latest.current || event.pointerType !== 'touch' || !event.isPrimary) return;
      if (event.target !== chart.over) return;
      chart.syncRect();
      finger = { id: event.pointerId, startPx: leftOf(chart, event) };
    };
    const draw = (event: PointerEvent) => {
      const chart = plot.current;
      if (!chart || finger?.id !== event.pointerId) return;
      const at = leftOf(chart, event);
      const [left, width] = [Math.min(finger.startPx, at), Math.abs(finger.startPx - at)];
      chart.setCursor({ left: at, top: 1 });
      chart.setSelect({ left, width, top: 0, height: chart.over.clientHeight }, false);
    };
    const end = (event: PointerEvent) => {
      const chart = plot.current;
      if (!chart || finger?.id !== event.pointerId) return;
      finger = null;
      const { left, width } = chart.select;
      chart.setSelect(NOTHING, false);
      // A gesture that the browser takes for scrolling or pinching ends with a cancel.
      if (event.type === 'pointercancel' || width < LEAST_BRUSH_PX) return;
      chart.setCursor({ left: -10, top: -10 });
      latest.current?.(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000);
    };
    const listeners = { pointerdown: begin, pointermove: draw, pointerup: end, pointercancel: end };
    for (const [type, listener] of Object.entries(listeners))
      element.addEventListener(type as keyof typeof listeners, listener);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        element.removeEventListener(type as keyof typeof listeners, listener);
    };
  }, []);
}
