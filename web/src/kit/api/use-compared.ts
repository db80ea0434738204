import { uniquesInterval, type Interval } from '../interval.js';
import { timezone, useWindow } from '../use-window.js';
import type { Stats } from './answers.js';
import { useQuery, type Query } from './use-query.js';

/** A question of the chosen window, and of the one just before. */
export interface ComparedStats<Values> {
  now: Query<Stats<Values>>;
  before: Query<Stats<Values>>;
}

const INTERVAL_BEFORE: Record<Interval, Interval> = {
  '1m': '15m',
  '5m': '1h',
  '15m': '3h',
  '1h': '3h',
  '3h': '1d',
  '6h': '1d',
  '1d': '1d',
};

/** Asks a route of stats for the chosen window in the browser's zone, and for the one before to compare with. */
export function useCompared<Values>(path: string, type: string): ComparedStats<Values> {
  const window = useWindow();
  const { params, previous } = window;
  const interval =
    type === 'unique_ips' ? uniquesInterval(window.interval, window, window.nowMs) : window.interval;
  return {
    now: useQuery<Stats<Values>>(path, { type, timezone, interval, ...params }),
    // Of its points only where they begin is looked at: few will do.
    before: useQuery<Stats<Values>>(path, { type, interval: INTERVAL_BEFORE[window.interval], ...previous }),
  };
}
