import { useMemo } from 'preact/hooks';
import { useAddress } from './address.js';
import { serverNowMs } from './api/server-clock.js';
import { fittingIntervals, intervalOf, READABLE_POINTS, type Interval } from './interval.js';
import { refreshes } from './refresh.js';
import {
  brushedWindow,
  previousParams,
  windowOf,
  windowParams,
  type TimeWindow,
  type WindowParams,
} from './window.js';

/** IANA name of the browser's zone: what hours and days on the pages mean. */
export const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const phone = matchMedia('(max-width: 820px)');

export interface ChosenWindow extends TimeWindow {
  /** The server's, when the window was taken. */
  nowMs: number;
  /** For the server's routes: `{range}` or `{from, to}`. */
  params: WindowParams;
  /** The same length just before. */
  previous: WindowParams;
  /** How much time a point is, and what it may be. */
  interval: Interval;
  intervals: readonly Interval[];
  /** Narrows the address to what a brush chose. */
  zoom: (fromMs: number, toMs: number) => void;
}

/** The window of time in the address bar; a range moves on with each refresh. */
export function useWindow(): ChosenWindow {
  const { query, change } = useAddress();
  const tick = refreshes.value;
  const window = useMemo(() => {
    const nowMs = serverNowMs();
    return { ...windowOf(query, nowMs), nowMs };
  }, [query.range, query.from, query.to, tick]);
  const { nowMs } = window;
  const readable = phone.matches ? READABLE_POINTS.phone : READABLE_POINTS.desk;
  return {
    ...window,
    params: windowParams(window),
    previous: previousParams(window),
    interval: intervalOf(query.interval, window, nowMs, readable),
    intervals: fittingIntervals(window, nowMs),
    zoom: (fromMs, toMs) => change({ ...brushedWindow(fromMs, toMs), range: undefined }),
  };
}
