import { uniquesInterval } from '../interval.js';
import { timezone, useWindow } from '../use-window.js';
import type { Stats } from './answers.js';
import { useQuery, type Query } from './use-query.js';

/** A question of the chosen window, and of the one just before. */
export interface ComparedStats<Values> {
  now: Query<Stats<Values>>;
  before: Query<Stats<Values>>;
}

/** Asks a route of stats for the chosen window in the browser's zone, and for the one before to compare with. */
export function useCompared<Values>(path: string, type: string): ComparedStats<Values> {
  const window = useWindow();
  const { params, previous } = window;
  const interval =
    type === 'unique_ips' ? uniquesInterval(window.interval, window, window.nowMs) : window.interval;
  return {
    now: useQuery<Stats<Values>>(path, { type, timezone, interval, ...params }),
    // Only its totals are looked at: whole days are the fewest points.
    before: useQuery<Stats<Values>>(path, { type, interval: '1d', ...previous }),
  };
}
