import { useMemo } from 'preact/hooks';
import { useAddress } from './address.js';
import { serverNowMs } from './api/server-clock.js';
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

export interface ChosenWindow extends TimeWindow {
  /** For the server's routes: `{range}` or `{from, to}`. */
  params: WindowParams;
  /** The same length just before. */
  previous: WindowParams;
  /** Narrows the address to what a brush chose. */
  zoom: (fromMs: number, toMs: number) => void;
}

/** The window of time in the address bar; a range moves on with each refresh. */
export function useWindow(): ChosenWindow {
  const { query, change } = useAddress();
  const tick = refreshes.value;
  const window = useMemo(() => windowOf(query, serverNowMs()), [query.range, query.from, query.to, tick]);
  return {
    ...window,
    params: windowParams(window),
    previous: previousParams(window),
    zoom: (fromMs, toMs) => change({ ...brushedWindow(fromMs, toMs), range: undefined }),
  };
}
